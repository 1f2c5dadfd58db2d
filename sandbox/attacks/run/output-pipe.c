// tries: puts a pipe, a device and a socket in the place of the output
// expect: exit 0
// collect: nothing
#include "attack.h"
int main(void) {
	REFUSED(mkfifo("output", 0666), EPERM);
	REFUSED(mknod("output", S_IFCHR | 0666, 0x103), EPERM);
	REFUSED(mknod("output", S_IFBLK | 0666, 0x800), EPERM);
	REFUSED(mknod("output", S_IFSOCK | 0666, 0), EPERM);
	REFUSED(mknod("output", S_IFCHR | 0666, 0 /* whiteout */), EPERM);
	return HELD;
}
