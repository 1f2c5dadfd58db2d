// tries: closes every descriptor, lingers and exits
// expect: exit 0
#include "attack.h"
int main(void) {
	for (int fd = 0; fd < 64; fd++) close(fd);
	usleep(1000);
	_exit(0);
}
