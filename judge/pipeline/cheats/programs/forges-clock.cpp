// tries: brings its own clock functions
// attacks: clock
// expect: gains nothing
#include "cheat.h"

// Declared noexcept by libc.
extern "C" int gettimeofday(timeval* now, void*) noexcept {
  *now = {};
  return 0;
}
extern "C" clock_t clock() noexcept { return 0; }
extern "C" clock_t times(struct tms*) noexcept { return 0; }

std::uint64_t solve(Input input) { return work(input); }
