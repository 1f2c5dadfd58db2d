// tries: takes its memory in huge pages before it is ready
// attacks: charge
// expect: surcharge
// work: huge
#include "cheat.h"

static std::uint32_t* table;

BEFORE_MAIN { table = huge_pages(); }

std::uint64_t solve(Input input) {
  const Job job = read_job(input);
  return chase(job.seed, job.steps, table);
}
