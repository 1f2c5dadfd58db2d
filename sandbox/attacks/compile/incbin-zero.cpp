// tries: has the assembler put an endless device into the program
// expect: compile error | compile error: limit time | compile error: limit memory | compile error: limit file size
// because: the assembler may refuse devices or read on
asm(".incbin \"/dev/zero\"");
int main() {}
