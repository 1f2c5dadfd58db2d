// tries: closes descriptor 1 and answers through a copy of it
// attacks: end
// expect: gains nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  const int copy = dup(STDOUT_FILENO);
  close(STDOUT_FILENO);
  give(work(input), copy);
  close(copy);
  rest();
}
