// tries: gets at a file below layers that is somebody else's
// expect: exit 0
// needs: root
// layers: 2M 100
#include "attack.h"
#include <linux/fs.h>
int main(void) {
	int fd = open("/tree/foreign", O_RDONLY);
	if (fd >= 0) show(fd), escaped("opened");
	REFUSED(open("/tree/foreign", O_WRONLY), EACCES, EOVERFLOW);
	REFUSED(truncate("/tree/foreign", 0), EACCES, EOVERFLOW);
	REFUSED(chmod("/tree/foreign", 0644), EPERM, EOVERFLOW);
	REFUSED(chown("/tree/foreign", 1000, 1000), EPERM, EOVERFLOW);
	REFUSED(utimensat(AT_FDCWD, "/tree/foreign", NULL, 0), EACCES, EPERM, EOVERFLOW);
	if (link("/tree/foreign", "/tree/mine") == 0 && chmod("/tree/mine", 0644) == 0) escaped("linked");
	if (rename("/tree/foreign", "/tree/moved") == 0 && chmod("/tree/moved", 0644) == 0) escaped("moved");
	// The folder is the program's, so it may take it out of there.
	if (unlink("/tree/foreign") < 0) unlink("/tree/moved");
	return HELD;
}
