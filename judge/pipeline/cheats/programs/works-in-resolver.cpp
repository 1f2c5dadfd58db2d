// tries: works while its own function is linked, before all code
// attacks: charge
// expect: surcharge
// needs: amd64
#include "cheat.h"

// No libc yet: not even a clock.
static std::uint64_t fast(std::uint64_t x) { return x + 1; }

extern "C" __attribute__((used)) decltype(&fast) choose() {
  volatile std::uint64_t x = 1;
  for (int i = 0; i < 5'000'000; i++) x = x * 3;
  return fast;
}

__attribute__((ifunc("choose"))) std::uint64_t chosen(std::uint64_t x);

std::uint64_t solve(Input input) { return chosen(work(input)) - 1; }
