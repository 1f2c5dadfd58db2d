// tries: includes the answers after the precompiled header
// expect: compile error
// limits: memory=512M
#include <bits/stdc++.h>
#include "@file@"
int main() {}
