// tries: includes endless noise
// expect: compile error: limit memory | compile error: limit time | compile error
// because: some compilers refuse what is no file
// limits: time=2s
#include "/dev/urandom"
int main() {}
