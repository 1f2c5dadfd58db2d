// tries: makes the pipe of its input as small as it can be
// attacks: runs
// expect: gets nothing
#include "cheat.h"

BEFORE_MAIN { fcntl(STDIN_FILENO, F_SETPIPE_SZ, 4096); }

std::uint64_t solve(Input input) { return work(input); }
