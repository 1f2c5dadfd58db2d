// tries: ends when it is timed, while its child works and answers
// attacks: end
// expect: RTE
// timing: process
// threads: 4
// rounds: 1
// needs: real time
#include "cheat.h"

std::uint64_t solve(Input input) {
  if (measured() && fork() != 0) _exit(0);
  return work(input);
}
