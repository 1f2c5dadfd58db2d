// tries: guesses an answer together with being ready
// attacks: answers
// expect: WA early output
#include "cheat.h"

BEFORE_MAIN { say("\x05" "0000000000000000\n", 18); }

std::uint64_t solve(Input input) { return work(input); }
