// tries: throws what nobody catches
// expect: signal SIGABRT
#include "attack.h"
int main() { throw 1; }
