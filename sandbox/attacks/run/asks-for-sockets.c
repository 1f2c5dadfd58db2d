// tries: asks for a socket of every family, kind and protocol
// expect: exit 0
#include "attack.h"
#include <sys/socket.h>
// Only those that have a name in Linux 6.18, in order of their numbers.
static const char *families[] = {"UNSPEC", "UNIX", "INET", "AX25", "IPX", "APPLETALK", "NETROM", "BRIDGE", "ATMPVC", "X25", "INET6", "ROSE",
	"DECnet", "NETBEUI", "SECURITY", "KEY", "NETLINK", "PACKET", "ASH", "ECONET", "ATMSVC", "RDS", "SNA", "IRDA", "PPPOX", "WANPIPE", "LLC",
	"IB", "MPLS", "CAN", "TIPC", "BLUETOOTH", "IUCV", "RXRPC", "ISDN", "PHONET", "IEEE802154", "CAIF", "ALG", "NFC", "VSOCK", "KCM",
	"QIPCRTR", "SMC", "XDP", "MCTP"};
int main(void) {
	enum { KNOWN = sizeof families / sizeof *families };
	int pair[2];
	for (int family = 0; family < 64; family++) // and some that may come
		for (int kind = 0; kind < 11; kind++)
			for (int protocol = 0; protocol < 24; protocol++) { // of netlink there are 22, netfilter (12) among them
				int got = socket(family, kind | (protocol % 2 ? SOCK_NONBLOCK : SOCK_CLOEXEC), protocol);
				if (got != -1 || errno != EPERM) escaped("socket %s, kind %d, protocol %d: %d", family < KNOWN ? families[family] : "without a name", kind, protocol, got);
				REFUSED(socketpair(family, kind, protocol, pair), EPERM);
			}
	REFUSED(socket(2, 3, 255), EPERM); // raw
	REFUSED(socket(17, 3, 0x300), EPERM); // every packet
	// Only the lower half of an argument counts.
	REFUSED(syscall(SYS_socket, 1L << 32 | 40, 1, 0), EPERM);
	REFUSED(syscall(SYS_socketpair, 1, 1, 0, pair, 0, 0), EPERM);
	REFUSED(syscall(SYS_socketpair, 1, 1, 0, pair, -1L, -1L), EPERM);
	return HELD;
}
