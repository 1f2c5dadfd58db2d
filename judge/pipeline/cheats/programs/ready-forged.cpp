// tries: says something else in place of being ready
// attacks: start
// expect: WA early output
#include "cheat.h"

BEFORE_MAIN { say("R", 1); }

std::uint64_t solve(Input input) { return work(input); }
