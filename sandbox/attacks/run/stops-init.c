// tries: stops the container's init, so that it cannot die
// expect: limit wall
// limits: wall=50ms
#include "attack.h"
int main(void) {
	kill(1, SIGSTOP); // EPERM where the init is another user, without effect where not
	kill(1, SIGTSTP);
	kill(-1, SIGSTOP);
	for (;;) pause();
}
