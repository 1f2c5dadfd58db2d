// tries: nothing: it is what the others are compared with
// attacks: honesty
// expect: gains nothing
// threads: 4
#include "cheat.h"

std::uint64_t solve(Input input) { return work(input); }
