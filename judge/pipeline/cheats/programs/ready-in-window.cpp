// tries: says it is ready once more when it has its input
// attacks: start
// expect: WA
#include "cheat.h"

std::uint64_t solve(Input input) {
  ready();
  return work(input);
}
