// tries: is done while a child with the same output works on
// attacks: end
// expect: gains nothing
// threads: 4
#include "cheat.h"

std::uint64_t solve(Input input) {
  if (fork() != 0) {
    close(STDOUT_FILENO);
    rest();
  }
  return work(input);  // the harness gives it, in the child
}
