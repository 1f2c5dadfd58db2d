// tries: makes more processes than it may
// expect: exit 0
// limits: processes=8
// needs: cgroups
#include "attack.h"
int main(void) {
	int made = 1, p[2];
	char c;
	DONE(pipe(p));
	for (; made < 1000; made++) {
		pid_t pid = fork();
		if (pid < 0) break;
		if (pid == 0) { close(p[1]); read(p[0], &c, 1); _exit(0); }
	}
	if (errno != EAGAIN || made > 8) escaped("%d processes", made);
	close(p[1]);
	while (wait(NULL) > 0) {}
	return HELD;
}
