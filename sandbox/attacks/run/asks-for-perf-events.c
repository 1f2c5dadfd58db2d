// tries: asks for performance events of every type
// expect: exit 0
#include "attack.h"
int main(void) {
	static char attr[256];
	for (int type = 0; type < 32; type++)
		for (int config = 0; config < 16; config++) {
			((int *)attr)[0] = type;
			((int *)attr)[1] = 128;
			((long *)attr)[1] = config;
			REFUSED(syscall(SYS_perf_event_open, attr, 0, -1, -1, 0), EPERM);
			REFUSED(syscall(SYS_perf_event_open, attr, -1, 0, -1, 0), EPERM);
			REFUSED(syscall(SYS_perf_event_open, attr, 0, -1, -1, 8, -1L), EPERM);
		}
	REFUSED(open("/sys/kernel/tracing/trace_marker", O_WRONLY), ENOENT);
	REFUSED(open("/sys/bus/event_source/devices", O_RDONLY), ENOENT);
	return HELD;
}
