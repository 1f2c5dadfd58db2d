// tries: changes the compiler's options from within, which it may
// expect: exit 0
#pragma GCC optimize("O3,unroll-loops,fast-math")
#pragma GCC target("sse4.2")
#include <cstdio>
__attribute__((optimize("O0"), noinline)) int f(int n) { return n; }
int main() { return f(0); }
