// tries: asks to handle page faults, which stops the kernel half way
// expect: exit 0
#include "attack.h"
#include <sys/ioctl.h>
int main(void) {
	int flags[] = {0, O_CLOEXEC, O_NONBLOCK, 1 /* in user mode alone */, 1 | O_CLOEXEC};
	for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) REFUSED(syscall(SYS_userfaultfd, flags[i]), EPERM);
	REFUSED(open("/dev/userfaultfd", O_RDWR), ENOENT);
	REFUSED(open("/dev/fuse", O_RDWR), ENOENT);
	for (int fd = 0; fd < 3; fd++) REFUSED(ioctl(fd, 0xaa00 /* USERFAULTFD_IOC_NEW */, 0), EPERM);
	return HELD;
}
