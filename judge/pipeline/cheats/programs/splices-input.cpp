// tries: gives its input as the answer, uncopied
// attacks: answers
// expect: WA
#include "cheat.h"

BEFORE_MAIN {
  ready();
  splice(STDIN_FILENO, nullptr, STDOUT_FILENO, nullptr, 64, 0);
  tee(STDIN_FILENO, STDOUT_FILENO, 64, 0);
  close(STDOUT_FILENO);
  rest();
}

std::uint64_t solve(Input input) { return work(input); }
