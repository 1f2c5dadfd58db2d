// tries: works beyond the time limit in a static constructor
// attacks: charge
// expect: TLE never ready
#include "cheat.h"

BEFORE_MAIN { burn(20'000'000'000); }

std::uint64_t solve(Input input) { return work(input); }
