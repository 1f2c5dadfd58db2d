// tries: executes a set-user-ID copy of itself
// expect: exit 0
// needs: root
#include "attack.h"
int main(int argc, char **argv) {
	if (argc > 1) {
		if (geteuid() != 1000 || getegid() != 1000) escaped("user %d, group %d", geteuid(), getegid());
		return HELD;
	}
	DONE(execl("/given/setuid", "setuid", "again", NULL));
}
