// tries: writes errors for ever
// expect: limit cpu | limit wall
// because: it waits for the judge as much as it works
// limits: cpu=30ms wall=200ms
#include "attack.h"
int main(void) {
	static char block[1 << 16];
	for (;;) write(2, block, sizeof block);
}
