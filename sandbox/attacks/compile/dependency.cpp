// tries: asks the compiler which file is newer
// expect: compile error
#pragma GCC dependency "@file@"
#pragma GCC dependency "/etc/passwd" host
int main() {}
