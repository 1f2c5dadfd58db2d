// tries: halts the processor
// expect: signal SIGSEGV
// needs: amd64
#include "attack.h"
int main(void) { __asm__ volatile("hlt"); escaped("hlt"); }
