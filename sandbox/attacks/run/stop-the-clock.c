// tries: switches off the counters that could measure it
// expect: limit cpu
// limits: cpu=50ms wall=2s
#include "attack.h"
#include <sys/prctl.h>
int main(void) {
	prctl(PR_TASK_PERF_EVENTS_DISABLE);
	prctl(PR_SET_TIMING, PR_TIMING_TIMESTAMP);
	spin();
}
