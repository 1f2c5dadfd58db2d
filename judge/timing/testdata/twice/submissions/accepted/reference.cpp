// Doubles a number and adds up others, TIMES as long as the reference does: long enough
// that the start of a process, which is charged too, hardly counts.
#include <cstdint>
#ifndef TIMES
#define TIMES 1
#endif
long solve(long n) {
  volatile std::uint64_t x = 1;
  for (int i = 0; i < TIMES * 3000000; i++) x = x * 6364136223846793005u + 1442695040888963407u;
  return n * 2;
}
