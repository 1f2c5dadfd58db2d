// tries: nothing: it is an ordinary program, with the precompiled header
// expect: exit 0
// limits: memory=512M
#include <bits/stdc++.h>
int main() { std::vector<int> v(1000, 1); std::cout << std::accumulate(v.begin(), v.end(), 0) << std::endl; }
