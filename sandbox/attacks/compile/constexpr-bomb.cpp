// tries: has the compiler compute for ever
// expect: compile error: limit time | compile error
// because: the compiler's own limit on operations may come first
constexpr long spin(long n) { long s = 0; for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) s += i ^ j; return s; }
constexpr long value = spin(1L << 40);
int main() { return value; }
