// tries: is fast in the first pass, and sleeps in all repetitions
// attacks: budget
// expect: not measured
// budget: 3s
// needs: real time
#include "cheat.h"

std::uint64_t solve(Input input) {
  if (measured()) doze(1'500'000'000);
  return work(input);
}
