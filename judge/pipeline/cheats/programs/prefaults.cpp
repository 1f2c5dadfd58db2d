// tries: touches its memory before it is ready
// attacks: charge
// expect: surcharge
// work: memory
#include "cheat.h"

static std::uint32_t* table;

BEFORE_MAIN {
  table = static_cast<std::uint32_t*>(std::malloc(std::size_t{8} << 20));
  std::memset(table, 1, std::size_t{8} << 20);
}

std::uint64_t solve(Input input) {
  const Job job = read_job(input);
  return chase(job.seed, job.steps, table);
}
