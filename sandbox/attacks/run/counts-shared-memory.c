// tries: moves the kernel's numbers of files in memory on, for the next
// expect: exit 0
// stdin: 4K
#include "attack.h"
int main(void) {
	int zero = DONE(open("/dev/zero", O_RDWR));
	for (int i = 0; i < 5000; i++) {
		void *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *q = mmap(NULL, 4096, PROT_READ, MAP_SHARED, zero, 0);
		if (p == MAP_FAILED || q == MAP_FAILED) unexpected("mmap");
		munmap(p, 4096), munmap(q, 4096);
	}
	return HELD;
}
