// tries: holds the judge up by sleeping before READY, every time
// attacks: budget
// expect: TLE never ready
#include "cheat.h"

BEFORE_MAIN { doze(1'500'000'000); }

std::uint64_t solve(Input input) { return work(input); }
