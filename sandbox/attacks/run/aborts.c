// tries: aborts, which does not kill a process number 1
// expect: signal SIGABRT
#include "attack.h"
int main(void) { abort(); }
