// tries: includes the answers after the precompiled header
// expect: compile error | compile error: limit time
// because: only the first of many runs has the time to get that far
// limits: time=10s memory=512M
#include <bits/stdc++.h>
#include "@file@"
int main() {}
