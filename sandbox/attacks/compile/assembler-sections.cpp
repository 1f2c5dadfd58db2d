// tries: has the assembler make millions of sections and symbols
// expect: compile error: limit time | compile error: limit memory | compile error: limit file size | compile error
// because: it depends on which runs out first
// limits: time=2s
asm(".altmacro\n.macro s n\n.section .s\\n\n.globl x\\n\nx\\n: .byte 0\n.endm\n.set i, 0\n.rept 3000000\ns %i\n.set i, i + 1\n.endr\n.text");
int main() {}
