// tries: signals to other programs through locks on files they share
// expect: exit 0
// stdin: 1M
#include "attack.h"
#include <sys/file.h>
int main(void) {
	struct flock l = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 42, .l_len = 1};
	int given = DONE(open("/given/note", O_RDONLY));
	int all[] = {0, given};
	for (int i = 0; i < 2; i++) {
		REFUSED(flock(all[i], LOCK_SH | LOCK_NB), EPERM);
		REFUSED(fcntl(all[i], F_SETLK, &l), EPERM);
		REFUSED(fcntl(all[i], F_SETLKW, &l), EPERM);
		REFUSED(fcntl(all[i], F_OFD_SETLK, &l), EPERM);
		REFUSED(fcntl(all[i], F_OFD_SETLKW, &l), EPERM);
		// The upper half of the number is not looked at by the kernel.
		REFUSED(syscall(SYS_fcntl, all[i], F_SETLK | 1L << 32, &l), EPERM);
		REFUSED(fcntl(all[i], F_SETLEASE, F_RDLCK), EPERM);
		REFUSED(fcntl(all[i], F_NOTIFY, DN_MODIFY), EPERM);
	}
	return HELD;
}
