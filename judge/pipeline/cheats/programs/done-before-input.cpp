// tries: closes its output before the window opens
// attacks: end
// expect: WA early output | WA
// because: on a busy machine the window may open before
#include "cheat.h"

BEFORE_MAIN {
  ready();
  close(STDOUT_FILENO);
  take_input();
  rest();
}

std::uint64_t solve(Input input) { return work(input); }
