// tries: asks for rules of its own: filters, landlock, security modules
// expect: exit 0
#include "attack.h"
#include <sys/prctl.h>
int main(void) {
	static char b[256];
	REFUSED(syscall(444 /* landlock_create_ruleset */, NULL, 0, 1 /* which version */), EPERM);
	REFUSED(syscall(445 /* landlock_add_rule */, 0, 1, b, 0), EPERM);
	REFUSED(syscall(446 /* landlock_restrict_self */, 0, 0), EPERM);
	for (int operation = 0; operation < 5; operation++) REFUSED(syscall(SYS_seccomp, operation, 0, b), EPERM);
	for (int nr = 459; nr < 462; nr++) REFUSED(syscall(nr /* lsm_get_self_attr and those after it */, 100, b, b + 128, 0), ENOSYS);
	REFUSED(syscall(SYS_personality, 0x0400000), EPERM);
	REFUSED(prctl(62 /* PR_SCHED_CORE */, 0, 0, 0, 0), EPERM);
	return HELD;
}
