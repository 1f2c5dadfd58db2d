// tries: is never ready
// attacks: start
// expect: TLE never ready
#include "cheat.h"

BEFORE_MAIN { rest(); }

std::uint64_t solve(Input input) { return work(input); }
