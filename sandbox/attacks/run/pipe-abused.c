// tries: makes its pipes small, packets of them, signals of them
// expect: exit 0
// peer: exit 0
#include "attack.h"
int main(void) {
	char block[64] = "0123456789012345678901234567890123456789012345678901234567890\n", got[64];
	int ends[] = {0, 1, 3, 4};
	signal(SIGIO, SIG_IGN);
	for (int i = 0; i < 4; i++) {
		DONE(fcntl(ends[i], F_SETPIPE_SZ, 4096));
		fcntl(ends[i], F_SETPIPE_SZ, 1 << 30);
		fcntl(ends[i], F_SETOWN, 1);
		DONE(fcntl(ends[i], F_SETFL, O_DIRECT | O_ASYNC));
		REFUSED(lseek(ends[i], 0, SEEK_SET), ESPIPE);
		REFUSED(fchown(ends[i], 1000, 1000), EPERM);
		REFUSED(fcntl(ends[i], F_SETLEASE, F_WRLCK), EPERM);
	}
	// The peer is served all the same: by both ways, however often.
	for (int way = 0; way < 2; way++) {
		int to = way ? 3 : 1, from = way ? 4 : 0;
		for (int i = 0; i < 200; i++) {
			DONE(write(to, block, sizeof block));
			for (size_t n = 0; n < sizeof got;) n += DONE(read(from, got + n, sizeof got - n));
			if (memcmp(block, got, sizeof got)) unexpected("echo");
		}
		close(to);
	}
	return HELD;
}
