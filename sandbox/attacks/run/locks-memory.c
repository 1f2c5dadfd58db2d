// tries: locks memory and takes huge pages from the machine's pool
// expect: exit 0
#include "attack.h"
int main(void) {
	char *p = reserve(4 << 20);
	REFUSED(mlock(p, 4096), EPERM);
	REFUSED(mlock2(p, 4096, 0), EPERM);
	REFUSED(mlockall(MCL_CURRENT | MCL_FUTURE), EPERM);
	REFUSED(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0), EPERM, EAGAIN);
	REFUSED(mmap(NULL, 2 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0), EPERM);
	REFUSED(mmap(NULL, 2 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | 21 << MAP_HUGE_SHIFT, -1, 0), EPERM);
	madvise(p, 4 << 20, MADV_HUGEPAGE); // ordinary memory, and counted
	return HELD;
}
