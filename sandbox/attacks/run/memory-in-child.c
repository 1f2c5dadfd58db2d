// tries: has a child killed for memory and exits well itself
// expect: limit memory | limit memory, left processes
// because: the kernel may kill the child or the parent
// limits: memory=16M
// needs: cgroups
#include "attack.h"
int main(void) {
	if (fork() == 0) { touch(reserve(64 << 20), 64 << 20); escaped("64 MiB"); }
	wait(NULL);
	return HELD;
}
