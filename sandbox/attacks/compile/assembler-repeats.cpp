// tries: has the assembler double its work at each level
// expect: compile error: limit time | compile error: limit memory | compile error: limit file size
// because: it depends on which runs out first
asm(".macro m n\n.if \\n\nm \\n-1\nm \\n-1\n.endif\n.quad 0\n.endm\nm 30");
int main() {}
