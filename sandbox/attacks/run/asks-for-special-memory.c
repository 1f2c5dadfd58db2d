// tries: asks for memory that is shared, locked, huge, hidden or placed
// expect: exit 0
#include "attack.h"
int main(void) {
	char *page = reserve(4 << 20);
	REFUSED(syscall(SYS_memfd_create, "x", 0), EPERM);
	for (int flags = 0; flags < 32; flags++) REFUSED(syscall(SYS_memfd_create, "x", flags), EPERM);
	REFUSED(syscall(447 /* memfd_secret */, 0), EPERM);
	REFUSED(mmap(NULL, 2 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0), EPERM);
	REFUSED(mlock(page, 4096), EPERM);
	REFUSED(mlock2(page, 4096, 1), EPERM);
	REFUSED(mlockall(MCL_FUTURE), EPERM);
	REFUSED(syscall(SYS_mbind, page, 4096, 0, 0, 0, 0), EPERM);
	REFUSED(syscall(SYS_set_mempolicy, 0, 0, 0), EPERM);
	REFUSED(syscall(450 /* set_mempolicy_home_node */, page, 4096, 0, 0), EPERM);
	REFUSED(syscall(SYS_vmsplice, 1, page, 1, 0), EPERM);
	REFUSED(madvise(page, 4096, 12 /* merge with equal ones */), EPERM);
	REFUSED(madvise(page, 4096, 20 /* cold */), EPERM);
	REFUSED(madvise(page, 4096, 21 /* swap out */), EPERM);
	REFUSED(madvise(page, 2 << 20, 25 /* make one large one */), EPERM);
	DONE(madvise(page, 4 << 20, MADV_HUGEPAGE));
	DONE(madvise(page, 4096, MADV_DONTNEED));
	return HELD;
}
