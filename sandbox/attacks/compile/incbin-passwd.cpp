// tries: has the assembler put /etc/passwd into the program
// expect: compile error
asm(".incbin \"/etc/passwd\"");
int main() {}
