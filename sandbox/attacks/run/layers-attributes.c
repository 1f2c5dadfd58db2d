// tries: marks files as the overlay does, to lead it elsewhere
// expect: exit 0
// layers: 2M 100
#include "attack.h"
#include <sys/xattr.h>
int main(void) {
	static const char *names[] = {"opaque", "redirect", "origin", "impure", "nlink", "upper", "uuid", "metacopy", "protattr", "whiteout", "whiteouts"};
	static const char *files[] = {"/tree", "/tree/folder", "/tree/folder/leaf", "/tree/file", "/tree/huge"};
	static const char *values[] = {"y", "/", "/folder", "../../../../../etc", ""};
	char name[64];
	for (int f = 0; f < 5; f++)
		for (int n = 0; n < 11; n++)
			for (int v = 0; v < 5; v++) {
				sprintf(name, "trusted.overlay.%s", names[n]);
				REFUSED(setxattr(files[f], name, values[v], strlen(values[v]), 0), EPERM, EOPNOTSUPP, ENOSPC);
				// Kernels that take these put them under another name.
				sprintf(name, "user.overlay.%s", names[n]);
				setxattr(files[f], name, values[v], strlen(values[v]), 0);
				sprintf(name, "user.overlay.overlay.%s", names[n]);
				setxattr(files[f], name, values[v], strlen(values[v]), 0);
			}
	REFUSED(setxattr("/tree/file", "security.capability", "x", 1, 0), EPERM, EINVAL, EOPNOTSUPP);
	// Nothing looks different from what it would without.
	char got[8] = "";
	int fd = DONE(open("/tree/folder/leaf", O_RDONLY));
	DONE(read(fd, got, 4));
	if (memcmp(got, "leaf", 4)) escaped("leaf reads %.4s", got);
	fd = DONE(open("/tree/file", O_RDONLY));
	DONE(read(fd, got, 5));
	if (memcmp(got, "below", 5)) escaped("file reads %.5s", got);
	REFUSED(open("/tree/folder/passwd", O_RDONLY), ENOENT);
	REFUSED(open("/tree/folder/file", O_RDONLY), ENOENT);
	return HELD;
}
