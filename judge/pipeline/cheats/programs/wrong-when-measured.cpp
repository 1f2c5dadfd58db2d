// tries: is right in the first pass, and guesses when it is timed
// attacks: answers
// expect: WA
// needs: real time
// rounds: 1
#include "cheat.h"

std::uint64_t solve(Input input) { return measured() ? 0 : work(input); }
