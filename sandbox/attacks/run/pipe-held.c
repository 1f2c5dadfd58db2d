// tries: leaves a process behind that holds its pipes
// expect: exit 0, left processes
// peer: exit 0
#include "attack.h"
int main(void) {
	if (DONE(fork())) return HELD;
	setsid();
	for (;;) pause();
}
