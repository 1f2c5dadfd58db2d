// tries: asks for a user namespace, from which most root exploits begin
// expect: exit 0
#include "attack.h"
int main(void) {
	long also[] = {0, CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWPID, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP, CLONE_FS, CLONE_FILES, CLONE_SIGHAND | CLONE_VM};
	char args[128];
	for (unsigned i = 0; i < sizeof also / sizeof *also; i++) {
		REFUSED(unshare(CLONE_NEWUSER | also[i]), EPERM);
		REFUSED(syscall(SYS_clone, CLONE_NEWUSER | also[i] | SIGCHLD, 0, 0, 0, 0), EPERM);
		memset(args, 0, sizeof args);
		*(long *)args = CLONE_NEWUSER | also[i];
		for (int size = 64; size <= 128; size += 8) REFUSED(syscall(SYS_clone3, args, size), ENOSYS);
	}
	REFUSED(unshare(0x80 /* CLONE_NEWTIME */), EPERM);
	for (int fd = -1; fd < 8; fd++) REFUSED(setns(fd, CLONE_NEWUSER), EPERM);
	for (int fd = 0; fd < 3; fd++) { // ioctls that open namespaces, and that of a socket
		REFUSED(syscall(SYS_ioctl, fd, 0xb701 /* NS_GET_USERNS */, 0), EPERM);
		REFUSED(syscall(SYS_ioctl, fd, 0xb702 /* NS_GET_PARENT */, 0), EPERM);
		REFUSED(syscall(SYS_ioctl, fd, 0x894c /* SIOCGSKNS */, 0), EPERM);
	}
	const char *files[] = {"/proc/self/ns/user", "/proc/self/uid_map", "/proc/self/setgroups", "/proc/1/ns/user"};
	for (unsigned i = 0; i < sizeof files / sizeof *files; i++) REFUSED(open(files[i], O_RDWR), ENOENT);
	return HELD;
}
