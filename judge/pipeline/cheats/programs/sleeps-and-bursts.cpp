// tries: sleeps briefly, many times, to look disturbed
// attacks: runs
// expect: gains nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  const Job job = read_job(input);
  std::uint64_t x = job.seed;
  for (unsigned long left = job.steps; left > 0;) {
    const unsigned long part = left < 50'000 ? left : 50'000;
    x = compute(x, part);
    left -= part;
    doze(20'000);
    sched_yield();
  }
  return x;
}
