// tries: nests folders with long names, deeper than any path
// expect: exit 0
#include "attack.h"
int main(void) {
	char name[256];
	memset(name, 'x', 255);
	name[255] = 0;
	int depth = 0;
	while (mkdir(name, 0700) == 0 && chdir(name) == 0) depth++;
	if (errno != ENOSPC) unexpected("mkdir");
	if (depth > 200) escaped("%d folders", depth);
	return HELD;
}
