// tries: reads the processor's performance counters
// expect: signal SIGSEGV
// needs: amd64
#include "attack.h"
int main(void) {
	unsigned lo, hi;
	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi)); // is allowed
	__asm__ volatile("rdpmc" : "=a"(lo), "=d"(hi) : "c"(0));
	escaped("rdpmc");
}
