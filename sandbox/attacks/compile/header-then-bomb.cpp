// tries: a template bomb after the precompiled header
// expect: compile error: limit time | compile error: limit memory
// because: it depends on which runs out first
// limits: memory=512M
#include <bits/stdc++.h>
template <int N, int M> struct Bomb { static const int value = Bomb<N - 1, 2 * M>::value + Bomb<N - 1, 2 * M + 1>::value; };
template <int M> struct Bomb<0, M> { static const int value = M; };
int main() { return Bomb<28, 0>::value; }
