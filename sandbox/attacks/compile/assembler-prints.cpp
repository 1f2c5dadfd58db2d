// tries: has the assembler print for ever
// expect: compile error: limit output | compile error: limit memory | compile error: limit time
// because: the assembler may first unfold the repetitions in memory
asm(".macro m\n.print \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"\n.endm\n.rept 100000\nm\n.endr");
int main() {}
