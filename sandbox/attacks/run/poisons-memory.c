// tries: declares memory broken, which takes it from the machine
// expect: exit 0
#include "attack.h"
int main(void) {
	char *p = reserve(1 << 20);
	touch(p, 1 << 20);
	REFUSED(madvise(p, 4096, MADV_HWPOISON), EPERM, EINVAL);
	REFUSED(madvise(p, 4096, 101 /* MADV_SOFT_OFFLINE */), EPERM, EINVAL);
	return HELD;
}
