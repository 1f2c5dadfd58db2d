// tries: asks to replace, extend, stop or configure the kernel
// expect: exit 0
#include "attack.h"
#include <sys/reboot.h>
int main(void) {
	static char b[256];
	REFUSED(syscall(SYS_kexec_load, 0, 0, 0, 0), EPERM);
	REFUSED(syscall(SYS_kexec_file_load, 0, 0, 0, 0, 0), EPERM);
	REFUSED(syscall(SYS_init_module, b, 0, ""), EPERM);
	REFUSED(syscall(SYS_finit_module, 0, "", 0), EPERM);
	REFUSED(syscall(SYS_delete_module, "attack", O_NONBLOCK), EPERM);
	REFUSED(syscall(SYS_reboot, 0, 0, 0, 0), EPERM); // no order, even if it were allowed
	REFUSED(syscall(SYS_swapon, "", 0), EPERM);
	REFUSED(syscall(SYS_swapoff, ""), EPERM);
	REFUSED(syscall(SYS_acct, ""), EPERM);
	REFUSED(syscall(SYS_quotactl, 0, "", 0, b), EPERM);
	REFUSED(syscall(443 /* quotactl_fd */, 0, 0, 0, b), EPERM);
	for (int action = 0; action < 11; action++) REFUSED(syscall(SYS_syslog, action, b, 0), EPERM);
	REFUSED(syscall(SYS_settimeofday, 0, 0), EPERM);
	REFUSED(syscall(SYS_clock_settime, 0, b), EPERM);
	REFUSED(syscall(SYS_adjtimex, b), EPERM);
	REFUSED(syscall(SYS_clock_adjtime, 0, b), EPERM);
#ifdef __x86_64__
	REFUSED(syscall(SYS_iopl, 3), EPERM);
	REFUSED(syscall(SYS_ioperm, 0x80, 1, 1), EPERM);
	REFUSED(syscall(SYS_modify_ldt, 0, b, sizeof b), EPERM);
	REFUSED(syscall(SYS_uselib, "/given/note"), EPERM);
#endif
	REFUSED(syscall(SYS_vhangup), EPERM);
	REFUSED(sethostname("attack", 6), EPERM);
	REFUSED(setdomainname("attack", 6), EPERM);
	return HELD;
}
