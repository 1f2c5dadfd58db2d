// tries: wakes the judge for each piece of its input
// attacks: runs
// expect: gets nothing
// work: piped
#include "cheat.h"

BEFORE_MAIN { fcntl(STDIN_FILENO, F_SETPIPE_SZ, 4096); }

std::uint64_t solve(Input input) { return work(input); }
