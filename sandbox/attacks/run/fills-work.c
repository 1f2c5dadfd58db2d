// tries: fills the work folder with bytes
// expect: exit 0
// collect: too large
#include "attack.h"
int main(void) {
	static char block[1 << 16];
	long n, total = 0;
	int fd = DONE(open("output", O_CREAT | O_WRONLY, 0600));
	while ((n = write(fd, block, sizeof block)) > 0) total += n;
	REFUSED(n, ENOSPC);
	if (total > 4 << 20) escaped("%ld bytes", total);
	return HELD;
}
