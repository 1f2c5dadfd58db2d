// tries: lets itself run on all CPUs
// attacks: limits
// expect: gets nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  cpu_set_t before, after;
  sched_getaffinity(0, sizeof before, &before);
  cpu_set_t all;
  std::memset(&all, 0xff, sizeof all);
  sched_setaffinity(0, sizeof all, &all);
  sched_getaffinity(0, sizeof after, &after);
  if (!CPU_EQUAL(&before, &after)) worked("affinity");
  return work(input);
}
