// tries: includes what /proc tells of the judge and the compiler
// expect: compile error
#include "/proc/self/environ"
#include "/proc/1/environ"
#include "/proc/1/root/etc/passwd"
#include "/proc/self/root/@file@"
#include "/proc/self/cwd/../etc/passwd"
#include "/proc/mounts"
int main() {}
