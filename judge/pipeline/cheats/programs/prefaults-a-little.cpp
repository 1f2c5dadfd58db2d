// tries: touches as much of its memory as is free
// attacks: charge
// expect: gains free startup
// work: memory
#include "cheat.h"

static std::uint32_t* table;

BEFORE_MAIN {
  const std::size_t size = table_size * sizeof *table;
  table = static_cast<std::uint32_t*>(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  const long long end = nanoseconds() + 250'000;
  for (std::size_t i = 0; i < table_size && nanoseconds() < end; i += 1024) table[i] = 1;
}

std::uint64_t solve(Input input) {
  const Job job = read_job(input);
  return chase(job.seed, job.steps, table);
}
