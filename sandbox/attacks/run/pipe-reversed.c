// tries: reads where it writes and writes where it reads
// expect: exit 0
// peer: exit 0
#include "attack.h"
int main(void) {
	char byte = 0;
	REFUSED(read(1, &byte, 1), EBADF);
	REFUSED(read(3, &byte, 1), EBADF);
	REFUSED(write(0, &byte, 1), EBADF);
	REFUSED(write(4, &byte, 1), EBADF);
	REFUSED(open("/proc/self/fd/3", O_RDWR), ENOENT);
	REFUSED(openat(3, "", O_RDWR), ENOENT, ENOTDIR);
	REFUSED(syscall(SYS_openat2, 3, "", &(uint64_t[3]){O_RDWR}, 24), ENOENT, ENOTDIR);
	REFUSED(splice(1, NULL, 3, NULL, 1, 0), EBADF);
	REFUSED(tee(4, 0, 1, 0), EBADF);
	REFUSED(syscall(SYS_pidfd_getfd, 0, 0, 0), EPERM);
	for (int fd = 5; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0) escaped("it holds descriptor %d", fd);
	return HELD;
}
