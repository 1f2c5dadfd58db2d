// tries: catches every signal and goes on
// expect: limit cpu
// limits: cpu=50ms wall=2s
#include "attack.h"
static void nothing(int s) {}
int main(void) {
	for (int s = 1; s < 65; s++) signal(s, nothing);
	spin();
}
