// tries: has the assembler put environments into the program
// expect: compile error
asm(".incbin \"/proc/self/environ\"\n.incbin \"/proc/1/environ\"");
int main() {}
