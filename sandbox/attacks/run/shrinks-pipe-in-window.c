// tries: makes its output pipe as small as can be, in a window
// expect: window closed
// window: 2M
#include "attack.h"
int main(void) {
	int size = fcntl(1, F_SETPIPE_SZ, 4096);
	if (size != 4096) unexpected("a smaller pipe");
	get_ready();
	for (int i = 0; i < 5000; i++)
		if (write(1, "answer\n", 7) != 7) unexpected("write");
	close(1);
	pause();
}
