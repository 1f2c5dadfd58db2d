// tries: hides data in extended attributes and inode flags
// expect: exit 0 | limit memory
// because: newer kernels keep user attributes of files in memory
// limits: memory=16M
#include "attack.h"
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
int main(void) {
	static char value[65536];
	int flags = FS_IMMUTABLE_FL | FS_APPEND_FL;
	int fd = DONE(open("file", O_CREAT | O_RDWR, 0600));
	REFUSED(fsetxattr(fd, "trusted.attack", "x", 1, 0), EPERM, ENOTSUP);
	REFUSED(fsetxattr(fd, "security.capability", value, 20, 0), EPERM, EINVAL, ENOTSUP);
	REFUSED(setxattr("/given/note", "user.attack", "x", 1, 0), EROFS, EPERM, ENOTSUP);
	REFUSED(ioctl(fd, FS_IOC_SETFLAGS, &flags), EPERM, ENOTTY, EOPNOTSUPP);
	for (int i = 0; i < 1000; i++) {
		char name[32];
		sprintf(name, "user.attack%d", i);
		if (fsetxattr(fd, name, value, sizeof value, 0) < 0) break;
	}
	return HELD;
}
