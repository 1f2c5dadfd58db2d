// tries: names with newlines, escapes, options, no UTF-8, dots
// expect: exit 0
// collect: 0 bytes
#include "attack.h"
int main(void) {
	const char *all[] = {"output", "a\nb", "\x1b[2J", "-rf", "--", "...", " ", "\xff\xfe", "a\\b", "$(id)", "`id`", "*", "AC", "\r", "output ", "output\n"};
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) close(DONE(open(all[i], O_CREAT | O_WRONLY, 0600)));
	mkdir("\n\n", 0700);
	symlink("\n", "\t");
	return HELD;
}
