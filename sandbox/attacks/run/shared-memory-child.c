// tries: lives on in a clone that shares memory and files
// expect: exit 0, left processes
#include "attack.h"
static char stack[1 << 16];
static volatile int started;
static int child(void *unused) { started = 1; for (;;) pause(); }
int main(void) {
	DONE(clone(child, stack + sizeof stack, CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_UNTRACED | SIGCHLD, NULL));
	while (!started) {}
	return HELD;
}
