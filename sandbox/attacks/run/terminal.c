// tries: types into the judge's terminal
// expect: exit 0
#include "attack.h"
#include <sys/ioctl.h>
int main(void) {
	char c = '\n', paste[2] = {3, 0};
	for (int fd = 0; fd < 3; fd++) {
		REFUSED(ioctl(fd, TIOCSTI, &c), ENOTTY, EINVAL);
		REFUSED(ioctl(fd, TIOCLINUX, paste), ENOTTY, EINVAL);
		REFUSED(ioctl(fd, TIOCSCTTY, 1), ENOTTY, EINVAL);
		// The upper half of the number is not looked at by the kernel.
		REFUSED(syscall(SYS_ioctl, fd, TIOCSTI | 1L << 32, &c), ENOTTY, EINVAL);
	}
	REFUSED(open("/dev/tty", O_RDWR), ENOENT);
	REFUSED(open("/dev/console", O_RDWR), ENOENT);
	REFUSED(open("/dev/ptmx", O_RDWR), ENOENT);
	REFUSED(setsid(), EPERM); // leads one already
	return HELD;
}
