// tries: gives the same answer always
// attacks: answers
// expect: WA
#include "cheat.h"

std::uint64_t solve(Input) { return factor + summand; }
