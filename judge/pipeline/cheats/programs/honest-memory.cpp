// tries: nothing: it is what the others are compared with
// attacks: honesty
// expect: harms nobody
// work: memory
#include "cheat.h"

std::uint64_t solve(Input input) { return work(input); }
