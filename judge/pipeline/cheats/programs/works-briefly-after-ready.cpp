// tries: says it is ready, works for 3 ms, then rests
// attacks: charge
// expect: surcharge
#include "cheat.h"

BEFORE_MAIN {
  ready();
  burn(3'000'000);
  give(work(take_input()));
  close(STDOUT_FILENO);
  rest();
}

std::uint64_t solve(Input input) { return work(input); }
