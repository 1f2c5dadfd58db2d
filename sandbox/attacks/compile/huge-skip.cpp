// tries: has the assembler leave terabytes of room
// expect: compile error: limit file size | compile error | compile error: limit time | compile error: limit memory
// because: assemblers differ in when they notice
// limits: time=2s
asm(".data\n.skip 0x7fffffffff, 1\n.text");
int main() {}
