// tries: asks to trace, read, write, compare and take from processes
// expect: exit 0
#include "attack.h"
#include <sys/ptrace.h>
#include <sys/uio.h>
int main(void) {
	char b[64];
	struct iovec here = {b, sizeof b}, there = {(void *)0x400000, sizeof b};
	int pids[] = {0, 1, getpid(), getppid(), atoi(canary("JUDGE")), atoi(canary("SENTINEL"))};
	for (unsigned i = 0; i < sizeof pids / sizeof *pids; i++) {
		int pid = pids[i];
		REFUSED(ptrace(PTRACE_ATTACH, pid, 0, 0), EPERM);
		REFUSED(ptrace(PTRACE_SEIZE, pid, 0, 0), EPERM);
		REFUSED(ptrace(PTRACE_TRACEME, 0, 0, 0), EPERM);
		REFUSED(process_vm_readv(pid, &here, 1, &there, 1, 0), EPERM);
		REFUSED(process_vm_writev(pid, &here, 1, &there, 1, 0), EPERM);
		REFUSED(syscall(SYS_kcmp, pid, getpid(), 0, 0, 0), EPERM);
		REFUSED(syscall(434 /* pidfd_open */, pid, 0), EPERM);
		for (int fd = 0; fd < 8; fd++) REFUSED(syscall(438 /* pidfd_getfd */, fd, pid, 0), EPERM);
		REFUSED(syscall(440 /* process_madvise */, 0, &here, 1, 20, 0), EPERM);
		REFUSED(syscall(448 /* process_mrelease */, 0, 0), EPERM);
		REFUSED(syscall(SYS_move_pages, pid, 0, 0, 0, 0, 0), EPERM);
		REFUSED(syscall(SYS_migrate_pages, pid, 0, 0, 0), EPERM);
	}
	REFUSED(syscall(SYS_clone, 0x1000 /* CLONE_PIDFD */ | SIGCHLD, 0, b, 0, 0), EPERM);
	for (int fd = 0; fd < 3; fd++) REFUSED(syscall(SYS_ioctl, fd, 0xc040ff0b /* PIDFD_GET_INFO */, b), EPERM);
	return HELD;
}
