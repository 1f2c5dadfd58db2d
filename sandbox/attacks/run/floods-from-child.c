// tries: has a child go on writing output after its own end
// expect: exit 0, left processes | limit output, left processes | limit output
// because: the child may or may not get to the limit before it is killed
// limits: output=64K
#include "attack.h"
int main(void) {
	static char block[1 << 16];
	int p[2];
	char c;
	DONE(pipe(p));
	if (fork() == 0) { setsid(); write(p[1], "x", 1); for (;;) write(1, block, sizeof block); }
	read(p[0], &c, 1);
	return HELD;
}
