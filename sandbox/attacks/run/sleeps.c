// tries: waits for ever
// expect: limit wall
// limits: wall=50ms
#include "attack.h"
int main(void) { for (;;) pause(); }
