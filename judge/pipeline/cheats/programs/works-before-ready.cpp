// tries: works for 5 ms in a static constructor
// attacks: charge
// expect: surcharge
#include "cheat.h"

BEFORE_MAIN { burn(5'000'000); }

std::uint64_t solve(Input input) { return work(input); }
