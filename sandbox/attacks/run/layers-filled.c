// tries: writes more than fits above layers, and leaves them full
// expect: exit 0
// layers: 2M 100
#include "attack.h"
int main(void) {
	static char block[1 << 16];
	long n, total = 0;
	REFUSED(open("/tree/huge", O_WRONLY), ENOSPC);
	REFUSED(truncate("/tree/huge", 1 << 21), ENOSPC);
	int fd = DONE(open("/tree/much", O_CREAT | O_WRONLY, 0600));
	while ((n = write(fd, block, sizeof block)) > 0) total += n;
	REFUSED(n, ENOSPC);
	if (total > 2 << 20) escaped("%ld bytes", total);
	REFUSED(posix_fallocate(fd, 1 << 23, 1 << 20) ? (errno = ENOSPC, -1) : 0, ENOSPC);
	DONE(ftruncate(fd, 15 << 20)); // of holes, which take nothing
	REFUSED(open("/tree/file", O_WRONLY), ENOSPC);
	unlink("/tree/private"), rmdir("/tree/folder"), rename("/tree/file", "/tree/moved");
	return HELD;
}
