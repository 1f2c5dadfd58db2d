// tries: leaves flags, owners and offsets in the descriptors it shares
// expect: exit 0
#include "attack.h"
int main(void) {
	for (int fd = 0; fd < 3; fd++) {
		fcntl(fd, F_SETFL, O_NONBLOCK | O_APPEND | O_ASYNC | O_DIRECT | O_NOATIME);
		fcntl(fd, F_SETFL, O_NONBLOCK | O_APPEND);
		fcntl(fd, F_SETOWN, getpid());
		fcntl(fd, F_SETSIG, SIGKILL);
		fcntl(fd, 1036 /* F_SET_RW_HINT */, &(uint64_t){5});
		lseek(fd, 12345, SEEK_SET);
	}
	return HELD;
}
