// tries: writes through layers to the folder below them
// expect: exit 0
// layers: 2M 100
#include "attack.h"
int main(void) {
	int before = DONE(open("/tree/file", O_RDONLY));
	if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, before, 0) != MAP_FAILED) escaped("mapped for writing what is open for reading");
	char *kept = mmap(NULL, 4096, PROT_READ, MAP_SHARED, before, 0);
	if (kept == MAP_FAILED) unexpected("mmap");
	REFUSED(mprotect(kept, 4096, PROT_READ | PROT_WRITE), EACCES);
	REFUSED(ftruncate(before, 0), EINVAL, EBADF);
	int fd = DONE(open("/tree/file", O_RDWR));
	char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) unexpected("mmap");
	memcpy(map, "mapped", 6);
	DONE(pwrite(fd, "written", 7, 0));
	if (memcmp(kept, "below", 5)) escaped("the file below reads %.5s", kept); // mapped before there was a copy
	DONE(ftruncate(fd, 1));
	DONE(chmod("/tree/file", 0777));
	DONE(utimensat(AT_FDCWD, "/tree/file", NULL, 0));
	DONE(chown("/tree/file", 1000, 1000));
	DONE(rename("/tree/file", "/tree/folder/file"));
	DONE(open("/tree/folder/leaf", O_WRONLY | O_TRUNC));
	DONE(truncate("/tree/private", 0));
	DONE(close(DONE(open("/tree", O_TMPFILE | O_RDWR, 0600))));
	REFUSED(chown("/tree/folder/leaf", 0, 0), EPERM, EINVAL);
	return HELD;
}
