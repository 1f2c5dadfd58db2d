// tries: starts as many threads as it may, which it may
// expect: exit 0
// limits: processes=16
#include "attack.h"
#include <pthread.h>
static pthread_barrier_t barrier;
static void *meet(void *unused) { pthread_barrier_wait(&barrier); return NULL; }
int main(void) {
	pthread_t t[15];
	pthread_barrier_init(&barrier, NULL, 16);
	for (int i = 0; i < 15; i++)
		if ((errno = pthread_create(&t[i], NULL, meet, NULL))) unexpected("thread");
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 15; i++) pthread_join(t[i], NULL);
	return HELD;
}
