// tries: opens the parts of the kernel that have had most holes
// expect: exit 0
#include "attack.h"
#define NO(name, ...) REFUSED(syscall(SYS_##name, ##__VA_ARGS__), EPERM)
static char args[256];
int main(void) {
	NO(bpf, 0, args, 128); NO(perf_event_open, args, 0, -1, -1, 0); NO(userfaultfd, 0);
	NO(add_key, "user", "x", "y", 1, -3); NO(request_key, "user", "x", 0, 0); NO(keyctl, 0, -3, 1); NO(keyctl, 1, 0);
	NO(kexec_load, 0, 0, 0, 0); NO(init_module, 0, 0, ""); NO(finit_module, 0, "", 0); NO(delete_module, "x", 0);
	NO(reboot, 0xfee1dead, 672274793, 0x4321fedc, 0); NO(swapon, "/work/x", 0); NO(swapoff, "/work/x"); NO(acct, NULL); NO(syslog, 3, args, 255);
	NO(fanotify_init, 0, 0); NO(quotactl, 0, 0, 0, 0); NO(vhangup); NO(personality, 0x0400000); NO(io_setup, 1, args); NO(io_submit, 0, 0, 0);
	NO(move_pages, 0, 0, 0, 0, 0, 0); NO(migrate_pages, 0, 0, 0, 0); NO(mbind, 0, 0, 0, 0, 0, 0); NO(set_mempolicy, 0, 0, 0);
	NO(name_to_handle_at, AT_FDCWD, "/work", args, args, 0); NO(open_by_handle_at, AT_FDCWD, args, 0);
	NO(sync); NO(syncfs, 0); NO(membarrier, 2, 0, 0); NO(lookup_dcookie, 0, args, 100); NO(vmsplice, 1, args, 1, 0);
	NO(ustat, 1, args); NO(sysfs, 3); NO(seccomp, 1, 8 /* listener */, args); NO(memfd_create, "x", 0); REFUSED(syscall(447 /* memfd_secret */, 0), EPERM);
	return HELD;
}
