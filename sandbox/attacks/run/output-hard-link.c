// tries: makes the collected file another name of one outside
// expect: exit 0
// collect: nothing
#include "attack.h"
int main(void) {
	REFUSED(link(canary("FILE"), "output"), ENOENT);
	REFUSED(link("/given/note", "output"), EXDEV, EPERM);
	REFUSED(linkat(0, "", AT_FDCWD, "output", AT_EMPTY_PATH), ENOENT, EXDEV, EPERM);
	REFUSED(linkat(AT_FDCWD, "/proc/self/fd/0", AT_FDCWD, "output", AT_SYMLINK_FOLLOW), ENOENT);
	REFUSED(rename("/given/note", "output"), EXDEV, EROFS);
	return HELD;
}
