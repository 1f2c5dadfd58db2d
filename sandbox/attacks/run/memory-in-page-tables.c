// tries: makes page tables, a byte for every 2 MiB
// expect: limit memory
// limits: memory=16M
// needs: cgroups
#include "attack.h"
int main(void) {
	for (;;) {
		char *p = mmap(NULL, 1UL << 40, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (p == MAP_FAILED) escaped("all addresses");
		for (size_t i = 0; i < 1UL << 40; i += 2 << 20) sink += p[i];
	}
}
