// tries: works for 200 ms in a static constructor
// expect: TLE never ready
#include "cheat.h"

BEFORE_MAIN { burn(200'000'000); }

std::uint64_t solve(Input input) { return work(input); }
