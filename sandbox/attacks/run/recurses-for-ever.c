// tries: recurses for ever
// expect: signal SIGSEGV
// limits: stack=8M
#include "attack.h"
static __attribute__((noinline)) int deeper(int n) {
	volatile char frame[4096];
	frame[n & 4095] = n;
	return deeper(n + 1) + frame[n & 4095];
}
int main(void) { return deeper(0); }
