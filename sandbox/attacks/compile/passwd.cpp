// tries: includes files of the host for the diagnostics to show
// expect: compile error
#include "/etc/passwd"
#include "../../../../etc/passwd"
#include </etc/passwd>
#include "/etc/shadow"
int main() {}
