// tries: includes the compiler's standard input
// expect: compile error
#include "/dev/stdin"
#include "/proc/self/fd/0"
int main() {}
