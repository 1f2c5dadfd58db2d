// tries: is slow in the first pass, and fast when it is timed
// attacks: runs
// expect: gains nothing
// needs: real time
#include "cheat.h"

std::uint64_t solve(Input input) {
  if (!measured()) doze(50'000'000);
  return work(input);
}
