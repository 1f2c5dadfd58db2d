// tries: touches a gigabyte
// expect: limit memory
// expect without cgroups: exit 0 | limit cpu
// because: address space stands in for memory there, more than was asked for
// limits: memory=16M
#include "attack.h"
int main(void) {
	for (int i = 0; i < 4096; i++) {
		char *p = reserve(1 << 20);
		if (!p) return HELD;
		touch(p, 1 << 20);
	}
	escaped("four gigabytes");
}
