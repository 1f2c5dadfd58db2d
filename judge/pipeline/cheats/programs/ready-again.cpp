// tries: says again that it is ready, to open the window anew
// attacks: start
// expect: WA early output | WA
// because: on a busy machine the window may open before
#include "cheat.h"

BEFORE_MAIN {
  ready();
  doze(50'000);
}

std::uint64_t solve(Input input) { return work(input); }
