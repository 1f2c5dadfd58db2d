// tries: never gets through its destructors
// expect: limit wall
// limits: wall=50ms
#include "attack.h"
struct Hang { ~Hang() { for (;;) pause(); } } hang;
int main() { puts("done"); }
