// tries: links the file that the judge collects to the answers
// expect: exit 0
// collect: not a file
#include "attack.h"
int main(void) {
	DONE(symlink(canary("FILE"), "output"));
	DONE(symlink("/proc/self/environ", "environ"));
	DONE(symlink("../../../../../etc/passwd", "passwd"));
	DONE(symlink("/", "root"));
	DONE(symlink(".", "self"));
	REFUSED(open("output", O_RDONLY), ELOOP);
	return HELD;
}
