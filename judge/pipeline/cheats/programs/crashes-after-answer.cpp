// tries: closes its output, and crashes
// attacks: end
// expect: gains nothing | RTE
// because: the judge's kill may come first
#include "cheat.h"

std::uint64_t solve(Input input) {
  give(work(input));
  close(STDOUT_FILENO);
  std::abort();
}
