// tries: has itself traced, to stand still where nobody counts
// attacks: clock
// expect: gets nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  for (const long request : {0L, 16L, 0x4206L}) must_fail("ptrace", syscall(SYS_ptrace, request, getpid(), 0, 0));
  return work(input);
}
