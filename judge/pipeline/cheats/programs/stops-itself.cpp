// tries: stops itself in the window
// expect: TLE
#include "cheat.h"

std::uint64_t solve(Input input) {
  kill(getpid(), SIGSTOP);
  return work(input);
}
