// Multiplications that take about 10 ms on a CPU of 2.6 GHz.
#include <stdint.h>

int main(void) {
	volatile uint64_t sink;
	uint64_t x = 88172645463325252u;
	for (int i = 0; i < 8500000; i++) x = x * 6364136223846793005u + 1442695040888963407u;
	sink = x;
	return 0;
}
