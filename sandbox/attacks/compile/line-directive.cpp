// tries: has the compiler quote lines of files that it names itself
// expect: compile error
#line 1 "/etc/passwd"
int a = nonsense;
#line 1 "@file@"
int b = nonsense;
# 1 "/proc/self/environ"
int c = nonsense;
