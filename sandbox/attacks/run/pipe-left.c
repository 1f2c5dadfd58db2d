// tries: goes on writing to a peer that has left
// expect: signal SIGPIPE
// peer: exit 0
#include "attack.h"
int main(void) {
	DONE(write(1, "leave\n", 6));
	close(3);
	for (;;) DONE(write(1, "more\n", 5));
}
