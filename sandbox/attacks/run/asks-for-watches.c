// tries: asks to be told what happens to files, keys and mounts
// expect: exit 0
#include "attack.h"
#include <sys/inotify.h>
int main(void) {
	int pair[2];
	REFUSED(inotify_init1(IN_NONBLOCK), EPERM);
	REFUSED(inotify_add_watch(0, "/given", IN_ALL_EVENTS), EPERM);
	for (unsigned flags = 0; flags < 0x1000; flags += 0x10) REFUSED(syscall(SYS_fanotify_init, flags, 0), EPERM);
	REFUSED(syscall(SYS_fanotify_mark, 0, 1, 1, AT_FDCWD, "/given"), EPERM);
	REFUSED(pipe2(pair, 0x80 /* O_NOTIFICATION_PIPE */), EPERM, ENOPKG, EINVAL, ENOSYS); // a queue of watches, where the kernel has them
	for (int fd = 0; fd < 3; fd++) REFUSED(syscall(SYS_ioctl, fd, 0x5760 /* IOC_WATCH_QUEUE_SET_SIZE */, 1), EPERM);
	REFUSED(fcntl(DONE(open("/given", O_RDONLY)), F_NOTIFY, 1), EPERM);
	REFUSED(fcntl(0, F_SETLEASE, F_RDLCK), EPERM);
	return HELD;
}
