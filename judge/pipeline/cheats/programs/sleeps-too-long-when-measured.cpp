// tries: is fast in the first pass, and too slow in all repetitions
// attacks: budget
// expect: TLE
// rounds: 1
// budget: 3s
// needs: real time
#include "cheat.h"

std::uint64_t solve(Input input) {
  if (measured()) doze(10'000'000'000);
  return work(input);
}
