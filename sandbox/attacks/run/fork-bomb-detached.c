// tries: forks for ever, twice each, into sessions of their own, deaf
// expect: limit cpu | limit wall | limit memory | limit memory, left processes
// because: forks fail or wait for each other, and the kernel frees the dead late
// limits: cpu=50ms wall=200ms processes=16
#include "attack.h"
int main(void) {
	for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
	for (;;)
		if (fork() == 0) {
			setsid();
			if (fork() > 0) _exit(0);
		}
}
