// tries: locks a mutex twice
// expect: limit wall
// limits: wall=50ms
#include "attack.h"
#include <pthread.h>
int main(void) {
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	pthread_mutex_lock(&m);
	pthread_mutex_lock(&m);
}
