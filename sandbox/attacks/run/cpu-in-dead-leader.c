// tries: ends the first thread and burns CPU time in another
// expect: limit cpu
// limits: cpu=50ms wall=2s
#include "attack.h"
#include <pthread.h>
static void *burn(void *unused) { spin(); return NULL; }
int main(void) {
	pthread_t t;
	pthread_create(&t, NULL, burn, NULL);
	syscall(SYS_exit, 0);
}
