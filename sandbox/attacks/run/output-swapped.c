// tries: keeps swapping its output for a link while it is collected
// expect: exit 0, left processes
// collect: not a file | 0 bytes | nothing
// because: it depends on the moment, but what is collected is dead by then
#include "attack.h"
int main(void) {
	int p[2];
	char c;
	DONE(pipe(p));
	if (fork() == 0) {
		setsid();
		write(p[1], "x", 1);
		for (;;) {
			symlink(canary("FILE"), "x");
			rename("x", "output");
			close(open("y", O_CREAT | O_WRONLY, 0600));
			rename("y", "output");
		}
	}
	read(p[0], &c, 1);
	usleep(1000);
	return HELD;
}
