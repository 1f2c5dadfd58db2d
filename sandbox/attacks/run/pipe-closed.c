// tries: closes its pipes and lives on
// expect: limit wall
// limits: wall=300ms
// peer: exit 0
#include "attack.h"
int main(void) {
	for (int fd = 0; fd < 5; fd++) close(fd);
	for (;;) pause();
}
