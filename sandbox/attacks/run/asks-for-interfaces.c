// tries: asks the socket by which a large input comes for the network
// expect: window closed
// window: 2M
#include "attack.h"
#include <sys/ioctl.h>
#include <sys/socket.h>
int main(void) {
	static char b[4096];
	DONE(ioctl(0, FIONREAD, b)); // it is a socket
	for (int request = 0x8900; request < 0x8c00; request++) REFUSED(ioctl(0, request, b), EPERM);
	REFUSED(syscall(SYS_ioctl, 0, 0x8912 | 1L << 32, b), EPERM);
	for (int option = 0; option < 100; option++) {
		REFUSED(getsockopt(0, SOL_SOCKET, option, b, &(socklen_t){sizeof b}), EPERM);
		REFUSED(setsockopt(0, SOL_SOCKET, option, b, 4), EPERM);
	}
	REFUSED(getsockname(0, (struct sockaddr *)b, &(socklen_t){100}), EPERM);
	REFUSED(getpeername(0, (struct sockaddr *)b, &(socklen_t){100}), EPERM);
	get_ready();
	close(1);
	pause();
}
