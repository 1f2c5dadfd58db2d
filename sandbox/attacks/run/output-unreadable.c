// tries: writes an output that nobody may read
// expect: exit 0
// collect: no permission | 0 bytes
// because: a judge that is root may read it all the same
#include "attack.h"
int main(void) { close(DONE(open("output", O_CREAT | O_WRONLY, 0))); return HELD; }
