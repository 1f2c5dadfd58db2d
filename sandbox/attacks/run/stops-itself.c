// tries: stops itself
// expect: limit wall
// limits: wall=50ms
#include "attack.h"
int main(void) {
	raise(SIGSTOP);
	return HELD;
}
