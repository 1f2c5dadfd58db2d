// tries: guesses an answer before it is ready
// expect: WA early output | RTE restless
// because: on a slow machine it still works when the judge looks for more
#include "cheat.h"

BEFORE_MAIN { give(0); }

std::uint64_t solve(Input input) { return work(input); }
