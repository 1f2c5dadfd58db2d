// tries: has a child that borrows its memory make its pages
// attacks: charge
// expect: surcharge
// work: pages
// threads: 4
#include "cheat.h"

static std::uint32_t* volatile table;

BEFORE_MAIN {
  const pid_t child = vfork();
  if (child == 0) {
    table = pages();
    _exit(0);
  }
  waitpid(child, nullptr, 0);
}

std::uint64_t solve(Input input) {
  const Job job = read_job(input);
  return chase(job.seed, job.steps, table);
}
