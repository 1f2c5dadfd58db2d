// tries: keeps memory in pipes, where its own size does not show it
// expect: limit memory
// limits: memory=16M files=512
// needs: cgroups
#include "attack.h"
int main(void) {
	static char block[1 << 20];
	for (int i = 0; i < 200; i++) {
		int p[2];
		DONE(pipe2(p, O_NONBLOCK));
		fcntl(p[1], F_SETPIPE_SZ, 1 << 20);
		while (write(p[1], block, sizeof block) > 0) {}
	}
	escaped("200 pipes");
}
