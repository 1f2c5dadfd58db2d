// tries: sleeps in the window while memory seems slow
// attacks: runs
// expect: gains nothing
// work: memory
#include "cheat.h"

// Real time is lost by it. CPU time would be won if others' use of the caches came in stretches of milliseconds.
std::uint64_t solve(Input input) {
  constexpr std::size_t size = std::size_t{1} << 20;
  auto* probe = static_cast<volatile char*>(std::malloc(size));
  long long best = 1'000'000'000;
  for (int i = 0; i < 5; i++) {
    const long long start = nanoseconds();
    for (std::size_t k = 0; k < size; k += 4096) probe[k] = 1;
    const long long took = nanoseconds() - start;
    if (took > best + best / 8) doze(500'000);
    if (took < best) best = took;
  }
  return work(input);
}
