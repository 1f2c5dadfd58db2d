// tries: uses descriptors that the judge forgot to close
// expect: exit 0
#include "attack.h"
int main(void) {
	for (int fd = 3; fd < 70000; fd++)
		if (fcntl(fd, F_GETFD) != -1) { show(fd); escaped("descriptor %d is open", fd); }
	REFUSED(read(1, (void *)&sink, 1), EBADF);
	REFUSED(read(2, (void *)&sink, 1), EBADF);
	REFUSED(write(0, "x", 1), EBADF);
	return HELD;
}
