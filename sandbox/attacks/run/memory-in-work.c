// tries: keeps memory in files, beside its own
// expect: limit memory
// limits: memory=6M
// needs: cgroups
#include "attack.h"
int main(void) {
	static char block[1 << 16];
	int fd = DONE(open("big", O_CREAT | O_WRONLY, 0600));
	for (int i = 0; i < 48; i++) write(fd, block, sizeof block);
	touch(reserve(4 << 20), 4 << 20);
	escaped("3 MiB of files and 4 MiB of memory");
}
