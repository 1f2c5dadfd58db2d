// tries: reserves 64 TiB of addresses and touches none, which it may
// expect: exit 0
// needs: cgroups
#include "attack.h"
int main(void) {
	if (mmap(NULL, 64UL << 40, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) == MAP_FAILED) unexpected("mmap");
	return HELD;
}
