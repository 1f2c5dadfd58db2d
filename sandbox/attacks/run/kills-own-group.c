// tries: kills its process group, in which nobody else may be
// expect: signal SIGKILL
#include "attack.h"
int main(void) { kill(0, SIGKILL); for (;;) pause(); }
