// tries: a system call with a negative number
// expect: signal SIGSYS | exit 0
// because: read as a number without sign it is of the x32 set, which kills
// needs: amd64
#include "attack.h"
int main(void) {
	REFUSED(syscall(-2, 0, 0, 0, 0, 0, 0), ENOSYS);
	return HELD;
}
