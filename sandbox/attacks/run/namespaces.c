// tries: unshares and enters namespaces
// expect: exit 0
#include "attack.h"
int main(void) {
	int flags[] = {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP, 0x80, CLONE_FILES, CLONE_FS};
	for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) REFUSED(unshare(flags[i]), EPERM);
	int init = syscall(434 /* pidfd_open */, 1, 0);
	for (unsigned i = 0; i < 7; i++) REFUSED(setns(init, flags[i]), EPERM);
	REFUSED(setns(init, 0), EPERM);
	for (long pass = 0; pass < 1000; pass++) // guessing the pass of the judge's own calls
		REFUSED(syscall(SYS_setns, init, CLONE_NEWUSER, pass), EPERM);
	return HELD;
}
