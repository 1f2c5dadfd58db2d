// tries: links and moves files between layers and what is beside them
// expect: exit 0
// layers: 2M 100
#include "attack.h"
#include <linux/fs.h>
int main(void) {
	DONE(close(DONE(open("/work/x", O_CREAT | O_RDWR, 0600))));
	REFUSED(link("/tree/file", "/work/file"), EXDEV);
	REFUSED(link("/given/note", "/tree/note"), EXDEV, EPERM);
	REFUSED(rename("/tree/file", "/work/file"), EXDEV);
	REFUSED(rename("/work/x", "/tree/x"), EXDEV);
	REFUSED(rename("/given/note", "/tree/note"), EXDEV, EROFS);
	REFUSED(syscall(SYS_renameat2, AT_FDCWD, "/tree/file", AT_FDCWD, "/work/x", RENAME_EXCHANGE), EXDEV);
	REFUSED(rename("/tree", "/elsewhere"), EROFS, EBUSY, EACCES);
	REFUSED(rmdir("/tree"), EROFS, EBUSY, EACCES);
	// Two names of a copy are one file, of which there is nothing below.
	DONE(link("/tree/file", "/tree/folder/link"));
	int fd = DONE(open("/tree/folder/link", O_WRONLY | O_TRUNC));
	DONE(write(fd, "changed", 7));
	DONE(syscall(SYS_renameat2, AT_FDCWD, "/tree/file", AT_FDCWD, "/tree/private", RENAME_EXCHANGE));
	DONE(symlink("../../../../../../etc/passwd", "/tree/out"));
	REFUSED(open("/tree/out", O_RDONLY), ENOENT);
	REFUSED(open("/tree/up", O_RDONLY), ENOENT); // of the folder below
	REFUSED(open(canary("FILE"), O_RDONLY), ENOENT);
	return HELD;
}
