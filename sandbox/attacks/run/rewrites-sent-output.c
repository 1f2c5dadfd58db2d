// tries: changes pages that it has spliced into its output already
// expect: exit 0
#include "attack.h"
int main(void) {
	int fd = DONE(open("file", O_CREAT | O_RDWR, 0600));
	DONE(ftruncate(fd, 4096));
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	strcpy(p, "before");
	off_t at = 0;
	DONE(splice(fd, &at, 1, NULL, 4096, 0));
	strcpy(p, "after");
	DONE(ftruncate(fd, 0)); // and takes them away
	fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096);
	return HELD;
}
