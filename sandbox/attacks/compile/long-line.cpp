// tries: a line, a name and a comment of 100 KiB
// expect: exit 0 | compile error
// because: compilers differ in how long a name may be
int main() { /*@filler 100000@*/
return 0; }
