// tries: builds a program of half a gigabyte out of one line
// expect: compile error: limit file size
// limits: time=10s
alignas(1 << 28) int a = 1;
int main() { return a; }
