// tries: has io_uring make the calls that it may not make itself
// expect: exit 0
#include "attack.h"
int main(void) {
	char params[256] = {0};
	REFUSED(syscall(425, 8, params), EPERM);
	REFUSED(syscall(426, 0, 1, 1, 1, NULL, 0), EPERM);
	REFUSED(syscall(427, -1, 0, NULL, 0), EPERM);
	return HELD;
}
