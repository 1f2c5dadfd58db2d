// tries: exits with status 0 in place of closing its output
// attacks: end
// expect: gains nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  give(work(input));
  _exit(0);
}
