// tries: sleeps before READY for almost as long as it may
// attacks: budget
// expect: not measured
// budget: 1s
#include "cheat.h"

BEFORE_MAIN { doze(80'000'000); }

std::uint64_t solve(Input input) { return work(input); }
