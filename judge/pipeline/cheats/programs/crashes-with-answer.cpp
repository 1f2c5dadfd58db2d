// tries: answers, and crashes in place of closing its output
// attacks: end
// expect: RTE
#include "cheat.h"

std::uint64_t solve(Input input) {
  give(work(input));
  std::abort();
}
