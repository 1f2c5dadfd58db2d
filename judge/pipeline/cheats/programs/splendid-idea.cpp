// tries: does not work step by step, but jumps ahead
// attacks: review
// expect: review
#include "cheat.h"

// Honest, and so fast that a person should look.
std::uint64_t solve(Input input) {
  const Job job = read_job(input);
  std::uint64_t x = job.seed, by = factor, plus = summand;
  for (unsigned long steps = job.steps; steps > 0; steps /= 2) {
    if (steps % 2 == 1) x = x * by + plus;
    plus *= by + 1;
    by *= by;
  }
  return x;
}
