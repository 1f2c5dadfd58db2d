// tries: writes more than the file of its output may hold
// expect: limit output
// output: file
#include "attack.h"
int main(void) {
	static char block[1 << 16];
	for (;;) write(1, block, sizeof block);
}
