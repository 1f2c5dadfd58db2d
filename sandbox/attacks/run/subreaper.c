// tries: adopts its orphans, so that the init never sees them
// expect: exit 0, left processes
#include "attack.h"
#include <sys/prctl.h>
int main(void) {
	int p[2];
	char c;
	DONE(pipe(p));
	DONE(prctl(PR_SET_CHILD_SUBREAPER, 1));
	if (fork() == 0) {
		if (fork() == 0) { setsid(); write(p[1], "x", 1); for (;;) pause(); }
		_exit(0);
	}
	read(p[0], &c, 1);
	return HELD;
}
