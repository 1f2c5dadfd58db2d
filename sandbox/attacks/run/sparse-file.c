// tries: makes a file of terabytes out of holes
// expect: exit 0
// limits: size=8M
// collect: too large
#include "attack.h"
int main(void) {
	signal(SIGXFSZ, SIG_IGN);
	int fd = DONE(open("output", O_CREAT | O_RDWR, 0600));
	REFUSED(ftruncate(fd, 1L << 40), EFBIG);
	REFUSED(fallocate(fd, 0, 0, 1L << 40), EFBIG, ENOSPC);
	REFUSED(fallocate(fd, 0, 0, 7 << 20), ENOSPC);
	REFUSED(pwrite(fd, "x", 1, 1L << 40), EFBIG);
	DONE(ftruncate(fd, 8 << 20));
	fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4 << 20);
	fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, 1 << 20);
	fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 0, 4096);
	lseek(fd, 0, SEEK_HOLE);
	return HELD;
}
