// tries: guesses an answer between being ready and the input
// attacks: answers
// expect: WA early output | WA
// because: on a busy machine the window may open before
#include "cheat.h"

BEFORE_MAIN {
  ready();
  doze(50'000);
  give(0);
  take_input();
  close(STDOUT_FILENO);
  rest();
}

std::uint64_t solve(Input input) { return work(input); }
