// tries: has the assembler quote the answers in its errors
// expect: compile error
asm(".include \"@file@\"\n.include \"/etc/passwd\"");
int main() {}
