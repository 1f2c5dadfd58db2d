// tries: builds a program of a gigabyte
// expect: compile error: limit file size
// limits: time=10s memory=3G
int a[1 << 28] = {1};
int main() { return a[0]; }
