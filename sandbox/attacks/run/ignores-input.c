// tries: does not read its 64 MiB of input, which it need not
// expect: exit 0
// stdin: 64M
#include "attack.h"
int main(void) { return HELD; }
