// tries: gives the linker directives in sections
// expect: exit 0 | compile error
// because: linkers may refuse them
asm(".section .note.GNU-stack,\"x\"\n.section .drectve\n.ascii \" -T/etc/passwd -defaultlib:@file@ \"\n.section .gnu.warning.main\n.ascii \"\\033[2J\"\n.text");
int main() {}
