// tries: waits for a better moment before it is ready
// attacks: charge
// expect: gains nothing
#include "cheat.h"

BEFORE_MAIN { doze(5'000'000); }

std::uint64_t solve(Input input) { return work(input); }
