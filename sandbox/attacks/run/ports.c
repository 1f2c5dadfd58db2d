// tries: gets at the hardware's ports and segments
// expect: signal SIGSEGV
// needs: amd64
#include "attack.h"
#include <sys/io.h>
int main(void) {
	REFUSED(iopl(3), EPERM, ENOSYS);
	REFUSED(ioperm(0x80, 1, 1), EPERM, ENOSYS);
	REFUSED(syscall(SYS_modify_ldt, 1, NULL, 0), EPERM, ENOSYS);
	__asm__ volatile("inb $0x80, %%al" ::: "eax");
	escaped("in");
}
