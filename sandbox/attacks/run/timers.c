// tries: leaves timers, alarms and pending signals to the next program
// expect: exit 0
#include "attack.h"
#include <sys/time.h>
#include <time.h>
int main(void) {
	for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
	struct itimerval t = {{0, 10000}, {0, 10000}};
	for (int i = 0; i < 3; i++) DONE(setitimer(i, &t, NULL));
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	for (int s = SIGRTMIN; s < 65; s++) kill(getpid(), s);
	struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
	struct itimerspec soon = {{60, 0}, {60, 0}};
	for (int i = 0; i < 1000; i++) {
		timer_t timer;
		if (timer_create(CLOCK_MONOTONIC, &e, &timer) < 0) break;
		timer_settime(timer, 0, &soon, NULL);
	}
	return HELD;
}
