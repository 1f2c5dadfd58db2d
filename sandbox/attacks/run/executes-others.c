// tries: executes shells, compilers, the loader, its own file
// expect: exit 0
#include "attack.h"
int main(void) {
	const char *all[] = {"/bin/sh", "/bin/bash", "/usr/bin/python3", "/usr/bin/g++", "/usr/bin/perl", "/lib64/ld-linux-x86-64.so.2", "/bin/busybox",
	                     "/proc/self/exe", "/proc/1/exe", "/sbin/init", "/init", "/usr/bin/sudo", "/bin/su", "/dev/fd/3"};
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) REFUSED(execl(all[i], all[i], "-c", "id", NULL), ENOENT);
	for (int fd = 0; fd < 64; fd++) REFUSED(syscall(SYS_execveat, fd, "", NULL, NULL, AT_EMPTY_PATH), EBADF, EACCES);
	if (WEXITSTATUS(system("id")) != 127) escaped("system");
	return HELD;
}
