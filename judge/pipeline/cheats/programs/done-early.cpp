// tries: closes its output, then works and writes
// attacks: end
// expect: WA
#include "cheat.h"

std::uint64_t solve(Input input) {
  close(STDOUT_FILENO);
  const std::uint64_t answer = work(input);
  give(answer);
  rest();
}
