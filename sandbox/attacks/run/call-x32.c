// tries: makes an x32 system call
// expect: signal SIGSYS
// needs: amd64
#include "attack.h"
int main(void) { escaped("getpid gave %ld", syscall(0x40000000 | 39)); }
