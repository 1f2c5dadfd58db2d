// tries: leaves its root by chroot, mounts, handles and open folders
// expect: exit 0
#include "attack.h"
#include <sys/mount.h>
int main(void) {
	int root = DONE(open("/", O_RDONLY | O_DIRECTORY)), given = DONE(open("/given", O_RDONLY | O_DIRECTORY));
	DONE(mkdir("jail", 0700));
	REFUSED(chroot("jail"), EPERM);
	const char *types[] = {"proc", "sysfs", "tmpfs", "cgroup2", "devtmpfs", "overlay", "ext4", "fuse", "debugfs", "mqueue"};
	for (unsigned i = 0; i < sizeof types / sizeof *types; i++) {
		REFUSED(mount("none", "jail", types[i], 0, ""), EPERM);
		REFUSED(syscall(430 /* fsopen */, types[i], 0), EPERM);
	}
	REFUSED(mount("/", "jail", NULL, MS_BIND | MS_REC, NULL), EPERM);
	REFUSED(mount(NULL, "/given", NULL, MS_REMOUNT | MS_BIND, NULL), EPERM);
	REFUSED(mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL), EPERM);
	REFUSED(umount2("/given", MNT_DETACH), EPERM);
	REFUSED(umount2("/", MNT_DETACH), EPERM);
	REFUSED(syscall(SYS_pivot_root, ".", "."), EPERM);
	REFUSED(syscall(428 /* open_tree */, AT_FDCWD, "/", 1), EPERM);
	REFUSED(syscall(429 /* move_mount */, given, "", root, "given", 4), EPERM);
	REFUSED(syscall(442 /* mount_setattr */, given, "", AT_EMPTY_PATH, "", 32), EPERM);
	for (int i = 0; i < 100; i++) {
		fchdir(i % 2 ? root : given);
		for (int up = 0; up < 50; up++) chdir("..");
		REFUSED(open(canary("FILE") + 1, O_RDONLY), ENOENT);
		REFUSED(openat(given, "../../../../../../etc/passwd", O_RDONLY), ENOENT);
	}
	struct { unsigned size; int type; unsigned char handle[8]; } h = {8, 1};
	for (uint32_t inode = 0; inode < 1000; inode++) {
		memcpy(h.handle, &inode, 4);
		REFUSED(syscall(SYS_open_by_handle_at, given, &h, O_RDONLY), EPERM);
	}
	return HELD;
}
