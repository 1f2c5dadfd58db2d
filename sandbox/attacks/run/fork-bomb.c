// tries: forks for ever
// expect: limit cpu | limit wall
// because: with every place taken, forks fail quickly or wait for each other
// limits: cpu=50ms wall=200ms processes=16
#include "attack.h"
int main(void) { for (;;) fork(); }
