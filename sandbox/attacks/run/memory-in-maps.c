// tries: makes as many mappings as the kernel keeps lists for
// expect: exit 0 | limit memory
// because: the kernel's own limit may be reached before the memory's
// limits: memory=16M cpu=10s
#include "attack.h"
int main(void) {
	for (int i = 0; i < 200000; i++) {
		void *p = mmap(NULL, 4096, i % 2 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED) return HELD;
	}
	return HELD;
}
