// tries: makes whiteouts of its own, and hides what is below by real ones
// expect: exit 0
// layers: 2M 100
#include "attack.h"
#include <linux/fs.h>
#include <sys/sysmacros.h>
int main(void) {
	REFUSED(mknod("/tree/white", S_IFCHR, makedev(0, 0)), EPERM);
	REFUSED(mknodat(AT_FDCWD, "/tree/file", S_IFCHR, makedev(0, 0)), EPERM);
	REFUSED(mknod("/tree/null", S_IFCHR | 0666, makedev(1, 3)), EPERM);
	REFUSED(syscall(SYS_renameat2, AT_FDCWD, "/tree/file", AT_FDCWD, "/tree/moved", RENAME_WHITEOUT), EINVAL, EPERM);
	// One made elsewhere cannot be brought here.
	DONE(close(DONE(open("/work/x", O_CREAT | O_RDWR, 0600))));
	syscall(SYS_renameat2, AT_FDCWD, "/work/x", AT_FDCWD, "/work/y", RENAME_WHITEOUT);
	REFUSED(rename("/work/x", "/tree/x"), EXDEV, ENOENT);
	REFUSED(link("/work/x", "/tree/x"), EXDEV, ENOENT, EPERM);
	// Real ones, and what comes in their place.
	DONE(unlink("/tree/file"));
	REFUSED(open("/tree/file", O_RDONLY), ENOENT);
	DONE(unlink("/tree/folder/leaf"));
	DONE(rmdir("/tree/folder"));
	DONE(mkdir("/tree/folder", 0700));
	REFUSED(open("/tree/folder/leaf", O_RDONLY), ENOENT);
	DONE(symlink("/tree/folder", "/tree/file"));
	REFUSED(open("/tree/file/leaf", O_RDONLY), ENOENT);
	return HELD;
}
