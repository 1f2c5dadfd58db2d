// Does nothing with its input, in a window: what such a run takes, no program can do in less.
#include <unistd.h>

int main(void) {
	char room[4096];
	if (write(1, "\x05", 1) != 1) return 1;
	while (read(0, room, sizeof room) > 0) continue;
	close(1);
	for (;;) pause();
}
