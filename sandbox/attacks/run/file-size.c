// tries: writes a file larger than it may
// expect: signal SIGXFSZ
// limits: size=1M
#include "attack.h"
int main(void) {
	static char block[1 << 16];
	int fd = DONE(open("big", O_CREAT | O_WRONLY, 0600));
	for (int i = 0; i < 64; i++) write(fd, block, sizeof block);
	escaped("4 MiB");
}
