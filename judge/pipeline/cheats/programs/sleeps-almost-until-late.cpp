// tries: holds the judge up by sleeping until it is almost too late
// attacks: budget
// expect: not measured
// budget: 10s
#include "cheat.h"

std::uint64_t solve(Input input) {
  doze(1'500'000'000);
  return work(input);
}
