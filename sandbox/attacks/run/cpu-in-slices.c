// tries: yields before every clock tick, so that sampling sees nothing
// expect: limit cpu
// limits: cpu=30ms wall=10s
#include "attack.h"
#include <time.h>
static long now(clockid_t clock) {
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}
int main(void) {
	struct timespec nap = {0, 50000};
	for (;;) {
		long end = now(CLOCK_MONOTONIC) + 900000;
		while (now(CLOCK_MONOTONIC) < end) {}
		nanosleep(&nap, NULL);
	}
}
