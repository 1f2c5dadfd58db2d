// tries: recurses through 200 MiB of stack, which it may
// expect: exit 0
// limits: stack=256M memory=300M
#include "attack.h"
static __attribute__((noinline)) int deeper(int n) {
	volatile char frame[65536];
	frame[n & 4095] = n;
	return n == 0 ? 0 : deeper(n - 1) + frame[n & 4095];
}
int main(void) { sink = deeper(200 * 16); return HELD; }
