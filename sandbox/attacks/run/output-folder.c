// tries: puts a folder in the place of the output
// expect: exit 0
// collect: not a file
#include "attack.h"
int main(void) { DONE(mkdir("output", 0700)); return HELD; }
