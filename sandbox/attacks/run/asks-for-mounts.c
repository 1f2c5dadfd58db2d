// tries: asks to mount, by the old calls and by the new
// expect: exit 0
#include "attack.h"
#include <sys/mount.h>
int main(void) {
	static char b[256];
	const char *types[] = {"tmpfs", "proc", "sysfs", "overlay", "cgroup2", "devpts", "fuse", "bpf", "mqueue", "ext4", "9p", "binfmt_misc"};
	for (unsigned i = 0; i < sizeof types / sizeof *types; i++) {
		REFUSED(mount(types[i], "/work", types[i], 0, NULL), EPERM);
		REFUSED(syscall(430 /* fsopen */, types[i], 0), EPERM);
	}
	unsigned long flags[] = {MS_BIND, MS_MOVE, MS_REMOUNT, MS_REMOUNT | MS_BIND, MS_SHARED, MS_REC | MS_PRIVATE};
	for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) REFUSED(mount("/given", "/work", NULL, flags[i], NULL), EPERM);
	REFUSED(umount2("/given", MNT_DETACH), EPERM);
	REFUSED(umount2("/work", MNT_EXPIRE), EPERM);
	REFUSED(syscall(428 /* open_tree */, AT_FDCWD, "/", 1), EPERM);
	REFUSED(syscall(429 /* move_mount */, 0, "", AT_FDCWD, "/work", 4), EPERM);
	REFUSED(syscall(431 /* fsconfig */, 0, 6, 0, 0, 0), EPERM);
	REFUSED(syscall(432 /* fsmount */, 0, 0, 0), EPERM);
	REFUSED(syscall(433 /* fspick */, AT_FDCWD, "/", 0), EPERM);
	REFUSED(syscall(442 /* mount_setattr */, AT_FDCWD, "/", 0, b, 32), EPERM);
	REFUSED(syscall(457 /* statmount */, b, b, 200, 0), ENOSYS);
	REFUSED(syscall(458 /* listmount */, b, b, 1, 0), ENOSYS);
	REFUSED(syscall(467 /* open_tree_attr */, AT_FDCWD, "/", 1, b, 32), ENOSYS);
	REFUSED(syscall(SYS_statx, AT_FDCWD, "/", 0, 0x4000 /* unique mount number */, b), ENOSYS);
	REFUSED(syscall(SYS_pivot_root, ".", "."), EPERM);
	REFUSED(chroot("/work"), EPERM);
	REFUSED(syscall(SYS_name_to_handle_at, AT_FDCWD, "/", b, b + 200, 0), EPERM);
	REFUSED(syscall(SYS_open_by_handle_at, AT_FDCWD, b, 0), EPERM);
	return HELD;
}
