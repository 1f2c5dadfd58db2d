// tries: has its output pipe keep packets apart
// expect: exit 0
#include "attack.h"
int main(void) {
	DONE(fcntl(1, F_SETFL, O_DIRECT));
	for (int i = 0; i < 2000; i++)
		if (write(1, "answer\n", 7) != 7) unexpected("write");
	return HELD;
}
