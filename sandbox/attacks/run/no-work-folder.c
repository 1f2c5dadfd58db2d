// tries: moves, removes and locks the work folder itself
// expect: exit 0
// collect: no permission | 0 bytes
// because: a judge that is root may read it all the same
#include "attack.h"
#include <sys/mount.h>
int main(void) {
	close(DONE(open("output", O_CREAT | O_WRONLY, 0600)));
	REFUSED(rename("/work", "/other"), EROFS, EBUSY, EXDEV);
	REFUSED(rename("/work", "/work/x"), EINVAL, EXDEV, EBUSY);
	REFUSED(rmdir("/work"), EROFS, EBUSY);
	REFUSED(mount("tmpfs", "/work", "tmpfs", 0, ""), EPERM);
	REFUSED(mount("", "/work", "", MS_REMOUNT, "size=1g"), EPERM);
	REFUSED(umount2("/work", MNT_DETACH), EPERM);
	DONE(chmod("/work", 0));
	return HELD;
}
