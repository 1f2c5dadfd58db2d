// tries: has the kernel walk a corrupt and endless list as it exits
// expect: exit 0
#include "attack.h"
static struct { void *next; long offset; void *pending; } head;
int main(void) {
	head.next = &head.pending;
	head.pending = &head.pending; // a circle
	head.offset = -4096;
	DONE(syscall(SYS_set_robust_list, &head, 24));
	if (fork() == 0) {
		head.next = (void *)0xffff888000000000; // the kernel's memory
		syscall(SYS_set_robust_list, &head, 24);
		syscall(SYS_set_tid_address, 0xffff888000000000);
		_exit(0);
	}
	wait(NULL);
	_exit(HELD);
}
