// tries: burns CPU time in eight threads while the first sleeps
// expect: limit cpu
// limits: cpu=50ms wall=2s
#include "attack.h"
#include <pthread.h>
static void *burn(void *unused) { spin(); return NULL; }
int main(void) {
	pthread_t t;
	for (int i = 0; i < 8; i++) pthread_create(&t, NULL, burn, NULL);
	for (;;) pause();
}
