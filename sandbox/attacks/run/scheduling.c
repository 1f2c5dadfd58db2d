// tries: takes more CPUs, real-time priority, better nice and I/O classes
// expect: exit 0
#include "attack.h"
#include <sys/resource.h>
int main(void) {
	cpu_set_t all;
	memset(&all, 255, sizeof all);
	struct sched_param p = {20};
	char attr[56] = {56};
	REFUSED(sched_setaffinity(0, sizeof all, &all), EPERM);
	for (int policy = 0; policy < 7; policy++) REFUSED(sched_setscheduler(0, policy, &p), EPERM);
	REFUSED(sched_setparam(0, &p), EPERM);
	REFUSED(syscall(SYS_sched_setattr, 0, attr, 0), EPERM);
	REFUSED(setpriority(PRIO_PROCESS, 0, -20), EPERM);
	REFUSED(setpriority(PRIO_USER, 0, 19), EPERM);
	REFUSED(nice(-20), EPERM);
	REFUSED(syscall(SYS_ioprio_set, 1, 0, 1 << 13), EPERM);
	return HELD;
}
