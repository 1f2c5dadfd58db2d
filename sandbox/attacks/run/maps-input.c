// tries: maps its 64 MiB of input, which it may
// expect: exit 0
// stdin: 64M
#include "attack.h"
int main(void) {
	struct stat st;
	DONE(fstat(0, &st));
	char *p = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, 0, 0);
	if (p == MAP_FAILED || st.st_size != 64 << 20) unexpected("mmap");
	for (long i = 0; i < st.st_size; i += 4096) sink += p[i];
	return HELD;
}
