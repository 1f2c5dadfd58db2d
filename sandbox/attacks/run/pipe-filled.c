// tries: fills a pipe while its peer waits at another
// expect: limit wall
// limits: wall=300ms
// peer: exit 0
#include "attack.h"
int main(void) {
	static char block[1 << 16];
	for (;;) write(3, block, sizeof block);
}
