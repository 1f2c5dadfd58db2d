// tries: hangs between vfork and exec, where only a kill helps
// expect: limit wall
// limits: wall=50ms
#include "attack.h"
int main(void) {
	if (vfork() == 0) for (;;) pause();
	return HELD;
}
