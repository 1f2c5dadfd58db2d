// tries: says twice at once that it is ready
// attacks: start
// expect: WA early output
#include "cheat.h"

BEFORE_MAIN { say("\x05\x05", 2); }

std::uint64_t solve(Input input) { return work(input); }
