// tries: executes what is no instruction
// expect: signal SIGILL
#include "attack.h"
int main(void) { __builtin_trap(); }
