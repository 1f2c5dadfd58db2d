// tries: reads the memory, files and limits of other processes
// expect: exit 0
#include "attack.h"
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
static char page[4096];
static void look(int pid) {
	struct iovec here = {page, sizeof page}, there = {(void *)0x400000, sizeof page};
	REFUSED(ptrace(PTRACE_ATTACH, pid, 0, 0), EPERM);
	REFUSED(ptrace(PTRACE_SEIZE, pid, 0, 0), EPERM);
	REFUSED(process_vm_readv(pid, &here, 1, &there, 1, 0), EPERM);
	REFUSED(process_vm_writev(pid, &here, 1, &there, 1, 0), EPERM);
	REFUSED(syscall(SYS_kcmp, getpid(), pid, 0, 0, 0), EPERM);
	int fd = syscall(434 /* pidfd_open */, pid, 0);
	for (int i = 0; i < 20; i++) REFUSED(syscall(438 /* pidfd_getfd */, fd, i, 0), EPERM);
	REFUSED(syscall(440 /* process_madvise */, fd, &there, 1, 4, 0), EPERM);
	REFUSED(syscall(448 /* process_mrelease */, fd, 0), EPERM);
	if (pid == 0) return;
	struct rlimit l;
	if (pid != 1) REFUSED(prlimit(pid, RLIMIT_NOFILE, NULL, &l), ESRCH);
	if (pid != 1) REFUSED(getpriority(PRIO_PROCESS, pid), ESRCH);
}
int main(void) {
	look(1);
	look(0);
	look(atoi(canary("SENTINEL")));
	look(atoi(canary("JUDGE")));
	return HELD;
}
