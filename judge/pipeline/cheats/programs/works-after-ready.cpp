// tries: says it is ready, and works on without end
// attacks: quiet
// expect: RTE restless | TLE
// because: on a busy machine it may be off its CPU while it is looked at
#include "cheat.h"

BEFORE_MAIN {
  ready();
  burn(1'000'000'000);
  rest();
}

std::uint64_t solve(Input input) { return work(input); }
