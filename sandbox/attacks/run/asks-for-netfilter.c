// tries: asks for tables and rules of the network
// expect: exit 0
#include "attack.h"
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
int main(void) {
	static char b[4096];
	for (int protocol = 0; protocol < 32; protocol++) { // 0 routes, 6 transforms, 12 netfilter
		REFUSED(socket(AF_NETLINK, SOCK_RAW, protocol), EPERM);
		REFUSED(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, protocol), EPERM);
	}
	for (int fd = 0; fd < 3; fd++)
		for (int option = 64; option < 72; option++) { // IPT_, IP6T_, ARPT_, EBT_SO_*
			REFUSED(setsockopt(fd, IPPROTO_IP, option, b, sizeof b), EPERM);
			REFUSED(getsockopt(fd, IPPROTO_IP, option, b, &(socklen_t){sizeof b}), EPERM);
			REFUSED(setsockopt(fd, IPPROTO_IPV6, option, b, sizeof b), EPERM);
		}
	struct msghdr m = {.msg_name = b, .msg_namelen = 12, .msg_iov = &(struct iovec){b, 16}, .msg_iovlen = 1};
	for (int fd = 0; fd < 3; fd++) {
		REFUSED(sendmsg(fd, &m, 0), EPERM);
		REFUSED(sendmmsg(fd, (void *)b, 1, 0), EPERM);
		REFUSED(sendto(fd, b, 16, 0, (void *)b, 12), EPERM);
		REFUSED(ioctl(fd, 0x8912 /* SIOCGIFCONF */, b), EPERM);
	}
	return HELD;
}
