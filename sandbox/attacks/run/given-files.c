// tries: changes files that it is given to read
// expect: exit 0
#include "attack.h"
#include <sys/statvfs.h>
#include <utime.h>
int main(void) {
	REFUSED(open("/given/note", O_WRONLY), EROFS, EACCES, EPERM);
	REFUSED(open("/given/note", O_RDONLY | O_TRUNC), EROFS, EACCES, EPERM);
	REFUSED(open("/given/new", O_CREAT | O_WRONLY, 0600), EROFS, EACCES, EPERM);
	REFUSED(unlink("/given/note"), EROFS, EACCES, EPERM);
	REFUSED(mkdir("/given/new", 0700), EROFS, EACCES, EPERM);
	REFUSED(symlink("/", "/given/new"), EROFS, EACCES, EPERM);
	REFUSED(rename("/given/note", "/given/new"), EROFS, EACCES, EPERM);
	REFUSED(link("/given/note", "/given/new"), EROFS, EACCES, EPERM);
	REFUSED(chmod("/given/note", 0777), EROFS, EACCES, EPERM);
	REFUSED(chown("/given/note", 1000, 1000), EROFS, EACCES, EPERM);
	REFUSED(utime("/given/note", NULL), EROFS, EACCES, EPERM);
	REFUSED(truncate("/given/note", 0), EROFS, EACCES, EPERM);
	int fd = DONE(open("/given/note", O_RDONLY));
	REFUSED(fchmod(fd, 0777), EROFS, EACCES, EPERM);
	REFUSED(mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0), EACCES);
	REFUSED(open("/given/null", O_RDWR), EACCES, ENOENT); // a device; absent where the suite may not make one
	REFUSED(open("/created", O_CREAT | O_WRONLY, 0600), EROFS, EACCES, EPERM);
	REFUSED(open("/dev/created", O_CREAT | O_WRONLY, 0600), EROFS, EACCES, EPERM);
	REFUSED(unlink("/dev/null"), EROFS, EBUSY);
	REFUSED(chmod("/dev/null", 0), EROFS, EPERM);
	return HELD;
}
