// tries: ends at once, a child works on and answers
// attacks: end
// expect: RTE
// threads: 4
#include "cheat.h"

std::uint64_t solve(Input input) {
  if (fork() != 0) _exit(0);
  return work(input);
}
