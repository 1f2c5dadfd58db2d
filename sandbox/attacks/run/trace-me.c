// tries: makes the judge its tracer
// expect: signal SIGUSR1
#include "attack.h"
#include <sys/ptrace.h>
int main(void) {
	REFUSED(ptrace(PTRACE_TRACEME, 0, 0, 0), EPERM);
	raise(SIGUSR1);
	escaped("a signal that did not kill");
}
