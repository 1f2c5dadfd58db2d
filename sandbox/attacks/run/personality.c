// tries: changes its execution domain
// expect: exit 0
#include "attack.h"
#include <sys/personality.h>
int main(void) {
	long all[] = {ADDR_NO_RANDOMIZE, READ_IMPLIES_EXEC, MMAP_PAGE_ZERO, PER_LINUX32, PER_BSD};
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) REFUSED(personality(all[i]), EPERM);
	void *zero = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (zero != MAP_FAILED) escaped("mapped page zero");
	return HELD;
}
