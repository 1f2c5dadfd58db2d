// tries: shares memory with its children, so that nobody owns it
// expect: limit memory | limit memory, left processes
// because: the kernel may kill the child or the parent
// limits: memory=16M
// needs: cgroups
#include "attack.h"
int main(void) {
	char *p = mmap(NULL, 256 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	for (int i = 0; i < 8; i++) {
		if (fork() == 0) { touch(p + (i << 25), 32 << 20); _exit(0); }
		wait(NULL);
	}
	return HELD;
}
