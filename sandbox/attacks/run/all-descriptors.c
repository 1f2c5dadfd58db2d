// tries: uses up every descriptor it may have
// expect: exit 0
// limits: files=64
#include "attack.h"
int main(void) {
	int n = 0;
	while (dup(0) >= 0) n++;
	if (errno != EMFILE) unexpected("dup");
	if (n != 61) escaped("%d more descriptors", n);
	REFUSED(dup2(0, 64), EBADF);
	REFUSED(fcntl(0, F_DUPFD, 64), EINVAL);
	return HELD;
}
