// tries: keeps more than its memory above layers
// expect: limit memory
// expect without cgroups: exit 0
// because: nothing but a control group counts it
// layers: 32M 100
// limits: memory=8M
#include "attack.h"
int main(void) {
	static char block[1 << 16];
	int fd = DONE(open("/tree/much", O_CREAT | O_WRONLY, 0600));
	while (write(fd, block, sizeof block) > 0) {}
	return HELD;
}
