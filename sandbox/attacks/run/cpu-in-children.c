// tries: burns CPU time in children, one after the other
// expect: limit cpu
// expect without cgroups: limit cpu | limit wall
// because: without control groups children count only when they have ended
// limits: cpu=50ms wall=1s
#include "attack.h"
#include <time.h>
int main(void) {
	for (int i = 0; i < 1000; i++) {
		if (fork() == 0)
			for (;;) {
				struct timespec t;
				clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
				if (t.tv_nsec > 10000000) _exit(0);
			}
		wait(NULL);
	}
	return HELD;
}
