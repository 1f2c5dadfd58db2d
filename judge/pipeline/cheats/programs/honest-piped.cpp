// tries: nothing: it is what the others are compared with
// attacks: honesty
// expect: gains nothing
// work: piped
#include "cheat.h"

std::uint64_t solve(Input input) { return work(input); }
