// tries: writes exactly as much as it may, which it may
// expect: exit 0
// limits: output=1M
#include "attack.h"
int main(void) {
	static char block[1 << 20];
	for (long n = 0; n < sizeof block;) n += DONE(write(1, block, sizeof block - n));
	return HELD;
}
