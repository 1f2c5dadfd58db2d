// tries: leaves the harness out, and makes its own pages instead
// attacks: charge
// expect: surcharge
// work: pages
#include "cheat.h"

// Speaks the protocol itself in a constructor, so that nothing but its own memory is made before it is ready.
BEFORE_MAIN {
  std::uint32_t* table = pages();
  ready();
  const Job job = read_job(take_input());
  give(chase(job.seed, job.steps, table));
  close(STDOUT_FILENO);
  rest();
}

std::uint64_t solve(Input input) { return work(input); }
