// tries: exits before main
// expect: exit 7
#include "attack.h"
struct Early { Early() { _exit(7); } } early;
int main() { escaped("main after exit"); }
