// tries: drowns in signals of its own timers and queues
// expect: limit cpu
// limits: cpu=50ms wall=2s
#include "attack.h"
#include <sys/time.h>
static void nothing(int s) { kill(getpid(), SIGUSR1); }
int main(void) {
	signal(SIGALRM, nothing);
	signal(SIGUSR1, SIG_IGN);
	struct itimerval t = {{0, 1}, {0, 1}};
	setitimer(ITIMER_REAL, &t, NULL);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (;;) sigqueue(getpid(), SIGRTMIN, (union sigval){0});
}
