// tries: says twice at once that it is ready
// expect: WA early output | RTE restless
// because: on a slow machine it still works when the judge looks for more
#include "cheat.h"

BEFORE_MAIN { say("\x05\x05", 2); }

std::uint64_t solve(Input input) { return work(input); }
