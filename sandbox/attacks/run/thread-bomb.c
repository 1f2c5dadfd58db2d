// tries: starts thousands of threads
// expect: exit 0
// limits: processes=16
// needs: cgroups
#include "attack.h"
#include <pthread.h>
static void *wait_for_ever(void *unused) { for (;;) pause(); }
int main(void) {
	pthread_t t;
	pthread_attr_t small;
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 16384);
	int made = 1;
	while (made < 5000 && pthread_create(&t, &small, wait_for_ever, NULL) == 0) made++;
	if (made > 16) escaped("%d threads", made);
	return HELD;
}
