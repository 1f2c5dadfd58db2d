// tries: has the compiler compute an exponential recursion
// expect: compile error: limit time | compile error: limit memory | compile error
// because: the compiler's own limit on operations may come first
constexpr unsigned long f(unsigned long n, unsigned long m) { return n == 0 ? m : f(n - 1, 2 * m) + f(n - 1, 2 * m + 1); }
constexpr unsigned long value = f(40, 1);
int main() { return value; }
