// tries: moves its break for ever
// expect: limit memory
// limits: memory=16M
// needs: cgroups
#include "attack.h"
int main(void) {
	for (int i = 0; i < 4096; i++) touch(sbrk(1 << 20), 1 << 20);
	escaped("four gigabytes");
}
