// tries: has the assembler put the answers into the program
// expect: compile error
#include <cstdio>
asm(".section .rodata\n.globl stolen\nstolen: .incbin \"@file@\"\n.byte 0\n.text");
extern const char stolen[];
int main() { puts(stolen); }
