// tries: waits in the kernel for itself, with all signals blocked
// expect: limit wall
// limits: wall=50ms
#include "attack.h"
int main(void) {
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	int p[2];
	char c;
	DONE(pipe(p));
	read(p[0], &c, 1);
}
