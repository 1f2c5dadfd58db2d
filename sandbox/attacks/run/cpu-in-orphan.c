// tries: burns CPU time in an orphan that nobody waits for
// expect: limit cpu
// expect without cgroups: limit wall
// limits: cpu=50ms wall=1s
#include "attack.h"
int main(void) {
	if (fork() == 0) {
		if (fork() == 0) spin();
		_exit(0);
	}
	wait(NULL);
	for (;;) pause();
}
