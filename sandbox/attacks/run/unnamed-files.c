// tries: fills the work folder with files that have no name
// expect: exit 0
#include "attack.h"
int main(void) {
	static char block[1 << 20];
	int fd = -1, last;
	for (;;) {
		if ((last = open("/work", O_TMPFILE | O_RDWR, 0600)) < 0) break;
		fd = last;
		write(fd, block, sizeof block);
	}
	if (errno != EMFILE && errno != ENOSPC) unexpected("O_TMPFILE");
	linkat(fd, "", AT_FDCWD, "named", AT_EMPTY_PATH);
	close(fd);
	REFUSED(open("/", O_TMPFILE | O_RDWR, 0600), EROFS);
	REFUSED(open("/given", O_TMPFILE | O_RDWR, 0600), EROFS);
	return HELD;
}
