// tries: leaves a process that writes into the next run's work folder
// expect: exit 0, left processes
#include "attack.h"
int main(void) {
	int p[2];
	char c;
	DONE(pipe(p));
	if (fork() == 0) {
		for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
		setsid();
		write(p[1], "x", 1);
		for (;;) {
			int fd = open("/work/from-the-daemon", O_CREAT | O_WRONLY, 0600);
			write(1, "ESCAPED into the next run's output\n", 0); // would be one, with a length
			close(fd);
			usleep(100);
		}
	}
	read(p[0], &c, 1);
	return HELD;
}
