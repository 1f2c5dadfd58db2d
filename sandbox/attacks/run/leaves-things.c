// tries: leaves files, folders, links and modes to the next run
// expect: exit 0
#include "attack.h"
int main(void) {
	int fd = DONE(open(canary("TOKEN"), O_CREAT | O_WRONLY, 0600));
	write(fd, "x", 1);
	DONE(mkdir("folder", 0));
	DONE(symlink("/", "link"));
	DONE(link(canary("TOKEN"), "hard"));
	DONE(chmod(".", 0));
	umask(0);
	return HELD;
}
