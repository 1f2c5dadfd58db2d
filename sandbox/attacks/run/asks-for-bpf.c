// tries: asks for every command of bpf, and for filters on sockets
// expect: exit 0
#include "attack.h"
#include <sys/socket.h>
int main(void) {
	static char attr[256];
	for (int command = 0; command < 64; command++)
		for (int size = 0; size <= 256; size += 64) REFUSED(syscall(SYS_bpf, command, attr, size), EPERM);
	for (int fd = 0; fd < 3; fd++) {
		REFUSED(setsockopt(fd, SOL_SOCKET, 26 /* SO_ATTACH_FILTER */, attr, 16), EPERM);
		REFUSED(setsockopt(fd, SOL_SOCKET, 50 /* SO_ATTACH_BPF */, attr, 4), EPERM);
	}
	REFUSED(syscall(SYS_seccomp, 1, 8 /* with a listener */, attr), EPERM);
	return HELD;
}
