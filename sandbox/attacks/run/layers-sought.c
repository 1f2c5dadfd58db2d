// tries: finds the layers themselves, or takes the overlay away
// expect: exit 0
// layers: 2M 100
#include "attack.h"
#include <sys/mount.h>
#include <dirent.h>
int main(void) {
	REFUSED(umount2("/tree", MNT_DETACH), EPERM);
	REFUSED(mount("/tree", "/work", NULL, MS_BIND, NULL), EPERM);
	REFUSED(mount(NULL, "/tree", NULL, MS_REMOUNT | MS_BIND, NULL), EPERM);
	REFUSED(mount("overlay", "/tree", "overlay", 0, "lowerdir=/tree:/given"), EPERM);
	REFUSED(syscall(SYS_open_tree, AT_FDCWD, "/tree", 1), EPERM);
	REFUSED(syscall(SYS_fsopen, "overlay", 0), EPERM);
	REFUSED(syscall(SYS_fspick, AT_FDCWD, "/tree", 0), EPERM);
	REFUSED(syscall(457 /* statmount */, 0, 0, 0, 0), ENOSYS);
	REFUSED(open("/proc/self/mountinfo", O_RDONLY), ENOENT);
	static const char *places[] = {"/sys", "/sys/0", "/tree/../sys", "/tree/upper", "/tree/work", "/tree/../../work/work"};
	for (int i = 0; i < 6; i++)
		if (open(places[i], O_RDONLY) >= 0) escaped("there is %s", places[i]);
	int fd = DONE(open("/tree", O_PATH | O_DIRECTORY));
	struct stat root, above;
	DONE(stat("/", &root));
	DONE(fstatat(fd, "../../..", &above, 0));
	if (root.st_ino != above.st_ino || root.st_dev != above.st_dev) escaped("above /tree is not /");
	DIR *d = opendir("/");
	for (struct dirent *e; (e = readdir(d));)
		if (!strcmp(e->d_name, "sys")) escaped("the layers' place is still there");
	return HELD;
}
