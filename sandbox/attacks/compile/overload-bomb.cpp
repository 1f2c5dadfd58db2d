// tries: an exponential search for overloads
// expect: compile error: limit time | compile error: limit memory
// because: it depends on which runs out first
template <class T> auto f(T x) -> decltype(f(&x), f(&x), 0);
template <class T, int N> struct L { template <class F> static auto g(F h) { return L<T, N - 1>::g([=](auto y) { return h(y); }) + L<T, N - 1>::g([=](auto y) { return h(h(y)); }); } };
template <class T> struct L<T, 0> { template <class F> static auto g(F h) { return h(1); } };
int main() { return L<int, 20>::g([](auto x) { return x; }); }
