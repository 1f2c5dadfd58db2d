// tries: calls that are newer than the filter, and negative ones
// expect: exit 0
#include "attack.h"
int main(void) {
	for (long nr = 500; nr < 5000; nr++) REFUSED(syscall(nr, 0, 0, 0, 0, 0, 0), ENOSYS);
	return HELD;
}
