// tries: makes more files, folders and links than fit above layers
// expect: exit 0
// layers: 2M 100
#include "attack.h"
int main(void) {
	int made = 0, failed = 0;
	for (int i = 0; i < 1000 && failed < 10; i++) {
		char name[32];
		snprintf(name, sizeof name, "/tree/%d", i);
		int r = i % 4 == 0 ? mkdir(name, 0700) : i % 4 == 1 ? symlink("file", name) : i % 4 == 2 ? link("/tree/file", name) : open(name, O_CREAT | O_RDWR, 0600);
		if (i % 4 == 3 && r >= 0) close(r), r = 0;
		if (r == 0) made++;
		else { REFUSED(r, ENOSPC); failed++; }
	}
	if (made > 100) escaped("made %d files", made);
	if (!failed) unexpected("the limit");
	unlink("/tree/private");
	return HELD;
}
