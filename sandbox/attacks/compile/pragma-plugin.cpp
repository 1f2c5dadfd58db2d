// tries: loads plugins and writes dumps by options in the source
// expect: exit 0 | compile error
// because: compilers refuse such options with a warning or an error
#pragma GCC optimize("fplugin=/work/x.so", "fdump-tree-all-all=/work/program.out", "fprofile-use=@file@")
__attribute__((optimize("fplugin=/work/x.so"))) int f() { return 0; }
int main() { return f(); }
