// tries: signals the init, the judge, the sentinel, everything
// expect: exit 0
#include "attack.h"
static void try(int pid) {
	REFUSED(kill(pid, SIGKILL), ESRCH);
	REFUSED(kill(-pid, SIGKILL), ESRCH);
	REFUSED(syscall(SYS_tgkill, pid, pid, SIGKILL), ESRCH);
	REFUSED(syscall(434 /* pidfd_open */, pid, 0), EPERM);
	REFUSED(sigqueue(pid, SIGKILL, (union sigval){0}), ESRCH);
}
int main(void) {
	REFUSED(kill(-1, SIGKILL), ESRCH, EPERM);
	for (int s = 1; s < 65; s++) kill(1, s); // EPERM or, for an init of the same user, without effect
	REFUSED(syscall(434, 1, 0), EPERM);
	try(atoi(canary("SENTINEL")));
	try(atoi(canary("JUDGE")));
	for (int pid = 3; pid < 70000; pid++)
		if (kill(pid, SIGKILL) == 0) escaped("killed %d", pid);
	int p[2]; // signals by way of a file's owner
	DONE(pipe(p));
	REFUSED(fcntl(p[0], F_SETOWN, atoi(canary("SENTINEL"))), ESRCH);
	return HELD;
}
