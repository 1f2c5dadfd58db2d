// tries: watches what others do to files
// expect: exit 0
#include "attack.h"
#include <sys/inotify.h>
int main(void) {
	char seen[16];
	REFUSED(inotify_init(), EPERM);
	REFUSED(inotify_init1(0), EPERM);
	REFUSED(inotify_add_watch(0, "/given", IN_ACCESS), EPERM);
	REFUSED(syscall(SYS_fanotify_init, 0, 0), EPERM);
	int fd = DONE(open("/given", O_RDONLY | O_DIRECTORY));
	REFUSED(fcntl(fd, F_NOTIFY, DN_ACCESS | DN_MULTISHOT), EPERM);
	REFUSED(syscall(451 /* cachestat */, fd, NULL, NULL, 0), EPERM, ENOSYS);
	// What is in the page cache is told to the owner of a file alone.
	int note = DONE(open("/given/note", O_RDONLY));
	void *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, note, 0);
	mincore(p, 4096, (unsigned char *)seen);
	return HELD;
}
