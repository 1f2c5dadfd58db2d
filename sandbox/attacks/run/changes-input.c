// tries: writes to its input file, by every way there is
// expect: exit 0
// stdin: 1M
// needs: root
#include "attack.h"
#include <sys/xattr.h>
int main(void) {
	REFUSED(write(0, "x", 1), EBADF);
	REFUSED(pwrite(0, "x", 1, 0), EBADF);
	REFUSED(ftruncate(0, 0), EINVAL, EBADF);
	REFUSED(fallocate(0, 0, 0, 1), EBADF);
	REFUSED(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 0, 0), EACCES);
	void *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, 0, 0);
	REFUSED(mprotect(p, 4096, PROT_READ | PROT_WRITE), EACCES);
	REFUSED(open("/proc/self/fd/0", O_RDWR), ENOENT);
	REFUSED(open("/dev/stdin", O_RDWR), ENOENT);
	REFUSED(openat(0, "", O_RDWR), ENOTDIR, ENOENT);
	REFUSED(fchmod(0, 0777), EPERM);
	REFUSED(fchown(0, 1000, 1000), EPERM);
	REFUSED(futimens(0, NULL), EPERM, EACCES);
	REFUSED(fsetxattr(0, "user.attack", "x", 1, 0), EPERM, EACCES, ENOTSUP);
	return HELD;
}
