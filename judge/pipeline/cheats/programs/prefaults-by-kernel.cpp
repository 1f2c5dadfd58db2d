// tries: has the kernel make its pages before it is ready
// attacks: charge
// expect: surcharge
// work: pages
#include "cheat.h"

static std::uint32_t* table;

BEFORE_MAIN { table = pages(); }

std::uint64_t solve(Input input) {
  const Job job = read_job(input);
  return chase(job.seed, job.steps, table);
}
