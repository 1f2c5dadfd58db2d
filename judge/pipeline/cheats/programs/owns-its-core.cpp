// tries: has the core's other threads kept idle, and mitigations off
// attacks: limits
// expect: gets nothing
#include "cheat.h"

// Where there is one thread to a core, or nothing to mitigate, only the error tells.
static void must_be_refused(const char* what, int result) {
  if (result >= 0 || errno != EPERM) worked(what);
}

std::uint64_t solve(Input input) {
  constexpr int sched_core = 62, create = 1, speculation = 53, store_bypass = 0, indirect_branch = 1, enable = 2;
  for (const int whole : {0, 1, 2}) must_be_refused("PR_SCHED_CORE", prctl(sched_core, create, 0, whole, 0));
  for (const int what : {store_bypass, indirect_branch}) must_be_refused("PR_SET_SPECULATION_CTRL", prctl(speculation, what, enable, 0, 0));
  must_be_refused("PR_SCHED_CORE in a wide register", static_cast<int>(syscall(SYS_prctl, 1L << 32 | sched_core, create, 0, 0, 0)));
  return work(input);
}
