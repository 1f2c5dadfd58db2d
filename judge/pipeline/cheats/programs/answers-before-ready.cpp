// tries: guesses an answer before it is ready
// attacks: answers
// expect: WA early output
#include "cheat.h"

BEFORE_MAIN { give(0); }

std::uint64_t solve(Input input) { return work(input); }
