// tries: sets the machine's clocks
// expect: exit 0
#include "attack.h"
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
int main(void) {
	struct timespec t = {1, 0};
	struct timeval v = {1, 0};
	struct timex x = {.modes = ADJ_FREQUENCY};
	for (int clock = 0; clock < 12; clock++) REFUSED(clock_settime(clock, &t), EPERM);
	REFUSED(settimeofday(&v, NULL), EPERM);
	REFUSED(adjtimex(&x), EPERM);
	REFUSED(clock_adjtime(CLOCK_REALTIME, &x), EPERM);
	return HELD;
}
