// tries: leaves a detached process behind and exits
// expect: exit 0, left processes
#include "attack.h"
int main(void) {
	int p[2];
	char c;
	DONE(pipe(p));
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			for (int fd = 0; fd < 3; fd++) close(fd);
			write(p[1], "x", 1);
			for (;;) pause();
		}
		_exit(0);
	}
	wait(NULL);
	read(p[0], &c, 1);
	return HELD;
}
