// tries: exits with a status of its own, its output closed
// attacks: end
// expect: gains nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  give(work(input));
  close(STDOUT_FILENO);
  _exit(3);
}
