// tries: seeks in, cuts, maps, punches and seals the file of its output
// expect: exit 0
// output: file
#include "attack.h"
#include <linux/falloc.h>
int main(void) {
	DONE(write(1, "text\n", 5));
	REFUSED(lseek(1, 1 << 30, SEEK_SET), ESPIPE);
	REFUSED(pwrite(1, "x", 1, 0), ESPIPE);
	REFUSED(ftruncate(1, 0), EINVAL);
	REFUSED(ftruncate(1, 1L << 40), EINVAL);
	REFUSED(fallocate(1, 0, 0, 1L << 40), ESPIPE);
	REFUSED(fallocate(1, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 5), ESPIPE);
	REFUSED(fcntl(1, F_ADD_SEALS, F_SEAL_WRITE), EINVAL);
	REFUSED(fcntl(1, F_GET_SEALS), EINVAL);
	char byte;
	REFUSED(read(1, &byte, 1), EBADF);
	if (mmap(NULL, 4096, PROT_READ, MAP_SHARED, 1, 0) != MAP_FAILED) escaped("mapped");
	if (mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, 1, 0) != MAP_FAILED) escaped("mapped for writing");
	return HELD;
}
