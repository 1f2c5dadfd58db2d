// tries: uses almost all of its memory, which it may
// expect: exit 0
// limits: memory=16M
#include "attack.h"
int main(void) { touch(reserve(14 << 20), 14 << 20); return HELD; }
