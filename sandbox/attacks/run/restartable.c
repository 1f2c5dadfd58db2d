// tries: lies to the kernel about its restartable sequence
// expect: signal SIGSEGV
#include "attack.h"
static uint32_t area[64] __attribute__((aligned(256)));
static int child(void *unused) {
	DONE(syscall(334 /* rseq */, area, 32, 0, 0x53053053));
	for (;;) {
		*(volatile uint64_t *)(area + 2) = 0xffff888000000000; // a descriptor in the kernel's memory
		usleep(100);
	}
}
int main(void) {
	static char stack[1 << 16];
	int status;
	// A process of its own, as libc may have registered one for this.
	int pid = DONE(clone(child, stack + sizeof stack, CLONE_VM | SIGCHLD, NULL));
	DONE(waitpid(pid, &status, 0));
	raise(WIFSIGNALED(status) ? WTERMSIG(status) : SIGUSR1);
}
