// tries: uses a little more memory than it may
// expect: limit memory
// limits: memory=16M
// needs: cgroups
#include "attack.h"
int main(void) { touch(reserve(17 << 20), 17 << 20); return HELD; }
