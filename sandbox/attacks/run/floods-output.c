// tries: writes output for ever
// expect: limit output
// limits: output=64K
#include "attack.h"
int main(void) {
	static char block[1 << 16];
	for (;;) if (write(1, block, sizeof block) < 0) return UNEXPECTED;
}
