// tries: fills the pages of its output pipe with a byte each
// expect: window closed
// window: 2M
#include "attack.h"
int main(void) {
	int input = get_ready();
	for (long i = 0; i < 2000; i++)
		if (splice(input, &(loff_t){i}, 1, NULL, 1, 0) != 1) unexpected("splice");
	close(1);
	pause();
}
