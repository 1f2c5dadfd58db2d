// tries: burns system time in page faults
// expect: limit cpu
// limits: cpu=50ms wall=2s
#include "attack.h"
int main(void) {
	for (;;) {
		char *p = reserve(1 << 20);
		touch(p, 1 << 20);
		munmap(p, 1 << 20);
	}
}
