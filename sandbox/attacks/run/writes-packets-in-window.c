// tries: has its output pipe keep packets apart, in a window
// expect: window closed
// window: 2M
#include "attack.h"
int main(void) {
	DONE(fcntl(1, F_SETFL, O_DIRECT));
	get_ready();
	for (int i = 0; i < 2000; i++)
		if (write(1, "answer\n", 7) != 7) unexpected("write");
	close(1);
	pause();
}
