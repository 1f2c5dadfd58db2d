// tries: raises its limits, soft and hard
// expect: exit 0
#include "attack.h"
#include <sys/resource.h>
int main(void) {
	int which[] = {RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_MEMLOCK};
	for (unsigned i = 0; i < sizeof which / sizeof *which; i++) {
		struct rlimit now, more = {RLIM_INFINITY, RLIM_INFINITY};
		REFUSED(setrlimit(which[i], &more), EPERM);
		REFUSED(prlimit(getpid(), which[i], &more, NULL), EPERM);
		DONE(getrlimit(which[i], &now));
		now.rlim_max++;
		REFUSED(setrlimit(which[i], &now), EPERM);
	}
	struct rlimit none = {0, 0};
	for (int i = 0; i < RLIM_NLIMITS; i++) // lowering is allowed, and must not outlive it
		if (i != RLIMIT_CPU) setrlimit(i, &none);
	_exit(HELD);
}
