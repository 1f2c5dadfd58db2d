// tries: loops for ever, at real-time priority
// attacks: limits
// expect: TLE
#include "cheat.h"

std::uint64_t solve(Input) {
  for (volatile bool on = true; on;) {
  }
  return 0;
}
