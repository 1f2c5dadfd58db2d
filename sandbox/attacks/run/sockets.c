// tries: connects to the judge's sockets, by every family
// expect: exit 0
#include "attack.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
int main(void) {
	struct sockaddr_in tcp = {AF_INET, htons(atoi(canary("PORT"))), {htonl(INADDR_LOOPBACK)}};
	struct sockaddr_un path = {AF_UNIX}, abstract = {AF_UNIX};
	strncpy(path.sun_path, canary("SOCKET"), 100);
	strncpy(abstract.sun_path + 1, canary("ABSTRACT"), 100);
	struct { struct sockaddr *address; socklen_t size; } all[] = {
		{(struct sockaddr *)&tcp, sizeof tcp}, {(struct sockaddr *)&path, sizeof path}, {(struct sockaddr *)&abstract, 3 + strlen(canary("ABSTRACT"))}};
	for (int family = 0; family < 50; family++)
		for (int kind = 1; kind < 11; kind++) {
			int fd = socket(family, kind, 0), pair[2];
			for (int i = 0; fd >= 0 && i < 3; i++)
				if (connect(fd, all[i].address, all[i].size) == 0) escaped("connected to socket %d", i);
			REFUSED(fd, EPERM);
			REFUSED(socketpair(family, kind, 0, pair), EPERM);
		}
	for (int fd = 0; fd < 3; fd++) {
		REFUSED(connect(fd, all[0].address, all[0].size), EPERM);
		REFUSED(bind(fd, all[0].address, all[0].size), EPERM);
		REFUSED(accept(fd, NULL, NULL), EPERM);
		REFUSED(sendto(fd, "x", 1, 0, all[0].address, all[0].size), EPERM);
	}
	return HELD;
}
