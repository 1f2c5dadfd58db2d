// tries: keeps memory in queued signals and timers
// expect: exit 0 | limit memory
// because: how many may be queued is the machine's setting
// limits: memory=16M
#include "attack.h"
#include <time.h>
int main(void) {
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	for (int i = 0; i < 1000000; i++)
		if (sigqueue(getpid(), SIGRTMIN, (union sigval){0}) < 0) break;
	timer_t timer;
	for (int i = 0; i < 1000000; i++)
		if (timer_create(CLOCK_MONOTONIC, NULL, &timer) < 0) break;
	return HELD;
}
