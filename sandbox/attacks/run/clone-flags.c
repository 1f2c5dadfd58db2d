// tries: clones with every flag that makes a namespace or another parent
// expect: exit 0
#include "attack.h"
static char stack[1 << 16];
static int child(void *unused) { escaped("a clone with a forbidden flag"); return 0; }
int main(void) {
	long flags[] = {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP, CLONE_PARENT, 0x80 /* NEWTIME */};
	for (unsigned i = 0; i < 8; i++) {
		REFUSED(clone(child, stack + sizeof stack, flags[i] | SIGCHLD, NULL), EPERM);
		REFUSED(clone(child, stack + sizeof stack, flags[i] | CLONE_VM | CLONE_FILES | SIGCHLD, NULL), EPERM);
		// The upper half is not looked at by the kernel, nor may it hide the lower.
		REFUSED(syscall(SYS_clone, flags[i] | SIGCHLD | 1L << 40, stack + sizeof stack, 0, 0, 0), EPERM, EINVAL);
	}
	uint64_t args[11] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
	REFUSED(syscall(435 /* clone3 */, args, sizeof args), ENOSYS);
	args[0] = 1ULL << 33; // CLONE_INTO_CGROUP
	REFUSED(syscall(435, args, sizeof args), ENOSYS);
	return HELD;
}
