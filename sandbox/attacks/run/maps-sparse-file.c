// tries: maps a file with holes and fills more than the folder holds
// expect: signal SIGBUS
// limits: size=64M memory=32M
#include "attack.h"
int main(void) {
	int fd = DONE(open("big", O_CREAT | O_RDWR, 0600));
	DONE(ftruncate(fd, 64 << 20));
	char *p = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	touch(p, 64 << 20);
	escaped("64 MiB");
}
