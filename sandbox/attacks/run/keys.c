// tries: leaves keys in the kernel for the next run
// expect: exit 0
#include "attack.h"
int main(void) {
	for (long ring = -8; ring < 0; ring++) {
		REFUSED(syscall(SYS_add_key, "user", canary("TOKEN"), "x", 1, ring), EPERM);
		REFUSED(syscall(SYS_keyctl, 0, ring, 1), EPERM);
	}
	REFUSED(syscall(SYS_request_key, "user", "x", "y", -2), EPERM);
	REFUSED(syscall(SYS_keyctl, 1 /* join session */, "attack"), EPERM);
	return HELD;
}
