// tries: fills the output without copying: tee, splice, sendfile
// expect: limit output
// limits: output=64K
#include "attack.h"
#include <sys/sendfile.h>
int main(void) {
	static char block[1 << 16];
	int p[2], fd = DONE(open("file", O_CREAT | O_RDWR, 0600));
	DONE(write(fd, block, sizeof block));
	DONE(pipe(p));
	DONE(write(p[1], block, sizeof block));
	for (;;) {
		off_t at = 0;
		tee(p[0], 1, sizeof block, 0);
		sendfile(1, fd, &at, sizeof block);
		at = 0;
		splice(fd, &at, 1, NULL, sizeof block, SPLICE_F_MOVE);
	}
}
