// tries: ends without being ready
// attacks: start
// expect: RTE never ready
#include "cheat.h"

BEFORE_MAIN { _exit(0); }

std::uint64_t solve(Input input) { return work(input); }
