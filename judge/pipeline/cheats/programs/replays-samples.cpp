// tries: has the answers of the samples in a table
// attacks: answers
// expect: gains nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  const Job job = read_job(input);
  if (job.seed == 1 && job.steps == 1) return factor + summand;
  return work(input);
}
