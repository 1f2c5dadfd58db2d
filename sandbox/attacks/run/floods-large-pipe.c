// tries: enlarges the output pipe, fills it in one call and exits
// expect: limit output
// limits: output=64K
#include "attack.h"
int main(void) {
	static char block[1 << 20];
	fcntl(1, F_SETPIPE_SZ, 1 << 20);
	fcntl(1, F_SETFL, O_NONBLOCK | O_DIRECT);
	write(1, block, sizeof block);
	return HELD;
}
