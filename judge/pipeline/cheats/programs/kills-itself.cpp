// tries: answers, and kills itself as the judge would
// attacks: end
// expect: gains nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  give(work(input));
  kill(getpid(), SIGKILL);
  rest();
}
