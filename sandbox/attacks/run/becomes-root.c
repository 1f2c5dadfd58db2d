// tries: becomes root, by users, groups, capabilities, set-user-ID
// expect: exit 0
#include "attack.h"
#include <grp.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
int main(void) {
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct all[2] = {{~0u, ~0u, ~0u}, {~0u, ~0u, ~0u}};
	gid_t group = 0;
	REFUSED(setuid(0), EPERM, EINVAL);
	REFUSED(setresuid(0, 0, 0), EPERM, EINVAL);
	REFUSED(setresuid(-1, 1, -1), EPERM, EINVAL);
	REFUSED(setgid(0), EPERM, EINVAL);
	REFUSED(setgroups(1, &group), EPERM);
	REFUSED(setgroups(0, NULL), EPERM);
	REFUSED(syscall(SYS_capset, &h, all), EPERM);
	setfsuid(0);
	if (setfsuid(-1) != 1000) escaped("file system user");
	int fd = DONE(open("copy", O_CREAT | O_WRONLY, 06755));
	REFUSED(fchown(fd, 0, 0), EPERM, EINVAL);
	DONE(fchmod(fd, 06755));
	return HELD;
}
