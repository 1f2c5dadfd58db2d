// tries: forks for ever
// expect: limit cpu | limit wall | limit memory | limit memory, left processes
// because: forks fail or wait for each other, and the kernel frees the dead late
// limits: cpu=50ms wall=200ms processes=16
#include "attack.h"
int main(void) { for (;;) fork(); }
