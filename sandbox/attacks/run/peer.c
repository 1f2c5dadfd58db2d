// tries: nothing: it is the peer of those who try something with pipes
// expect: exit 0
// Echoes what comes at 0 until that ends or a line says so, and then from 3 to 4.
#include "attack.h"
static int echo(int from, int to) {
	char block[4096];
	for (ssize_t n; (n = read(from, block, sizeof block)) > 0;) {
		if (n >= 5 && !memcmp(block, "leave", 5)) return 0;
		for (ssize_t done = 0, k; done < n; done += k)
			if ((k = write(to, block + done, n - done)) <= 0) return errno == EPIPE ? 0 : UNEXPECTED;
	}
	return 0;
}
int main(void) {
	signal(SIGPIPE, SIG_IGN);
	int first = echo(0, 1);
	return first ? first : echo(3, 4);
}
