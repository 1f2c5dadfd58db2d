// tries: asks for io_uring with every flag and every registration
// expect: exit 0
#include "attack.h"
int main(void) {
	static char params[4096];
	for (unsigned flag = 0; flag < 32; flag++) {
		memset(params, 0, sizeof params);
		*(unsigned *)(params + 8) = 1u << flag;
		REFUSED(syscall(425 /* setup */, 8, params), EPERM);
		REFUSED(syscall(426 /* enter */, 0, 1, 1, 1u << flag, NULL, 0), EPERM);
	}
	for (long code = 0; code < 64; code++) {
		REFUSED(syscall(427 /* register */, -1, code, params, 1), EPERM); // some need no ring
		REFUSED(syscall(427, 0, code | 1L << 31, params, 1), EPERM);
	}
	return HELD;
}
