// tries: has the compiler hold gigabytes of constants
// expect: compile error: limit time | compile error: limit memory | compile error
// because: the compiler's own limit on operations may come first
struct Big { int a[1 << 20]; constexpr Big() : a() {} };
constexpr long use(int n) { if (n == 0) return 0; Big* b = new Big; long r = use(n - 1); for (int i = 0; i < 1 << 20; i++) r += b->a[i]; delete b; return r; }
constexpr long value = use(400);
static_assert(value == 0);
int main() {}
