// tries: switches the counter of its CPU time off
// attacks: clock
// expect: gains nothing
#include "cheat.h"

BEFORE_MAIN { prctl(PR_TASK_PERF_EVENTS_DISABLE); }

std::uint64_t solve(Input input) {
  prctl(PR_TASK_PERF_EVENTS_DISABLE);
  return work(input);
}
