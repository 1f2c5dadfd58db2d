// tries: makes a 32-bit system call
// expect: signal SIGSYS | signal SIGSEGV
// because: where the kernel has no 32-bit calls the instruction itself is an error
// needs: amd64
#include "attack.h"
int main(void) {
	long r;
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20 /* getpid */) : "memory");
	escaped("getpid gave %ld", r);
}
