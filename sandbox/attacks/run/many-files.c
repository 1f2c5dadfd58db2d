// tries: fills the work folder with empty files
// expect: exit 0
#include "attack.h"
int main(void) {
	char name[32];
	int n = 0, fd;
	for (;; n++) {
		sprintf(name, "f%d", n);
		if ((fd = open(name, O_CREAT | O_WRONLY, 0600)) < 0) break;
		close(fd);
	}
	REFUSED(fd, ENOSPC);
	if (n > 200) escaped("%d files", n);
	return HELD;
}
