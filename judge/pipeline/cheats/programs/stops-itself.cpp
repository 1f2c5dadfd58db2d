// tries: stops itself in the window
// attacks: limits
// expect: TLE
#include "cheat.h"

std::uint64_t solve(Input input) {
  kill(getpid(), SIGSTOP);
  return work(input);
}
