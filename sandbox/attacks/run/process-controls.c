// tries: prctl: names, death signals, dumps, capabilities, memory maps
// expect: exit 0
#include "attack.h"
#include <sys/prctl.h>
int main(void) {
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "judge\n\x1b[2J");
	prctl(PR_SET_DUMPABLE, 1);
	prctl(0x59616d61 /* PR_SET_PTRACER */, -1);
	prctl(PR_SET_TIMERSLACK, 1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	REFUSED(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL);
	REFUSED(prctl(PR_SET_SECUREBITS, 0xff), EPERM);
	REFUSED(prctl(PR_CAPBSET_DROP, 0, 0, 0, 0), EPERM);
	REFUSED(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21, 0, 0), EPERM);
	REFUSED(prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, 0, 0, 0), EPERM, EBADF, EINVAL);
	REFUSED(prctl(PR_SET_SECCOMP, 3), EINVAL);
	REFUSED(prctl(62 /* PR_SCHED_CORE */, 1, 1, 1, 0), EINVAL, ENODEV, ESRCH, EPERM);
	return HELD;
}
