// tries: changes its scheduling policy and priority
// attacks: limits
// expect: gets nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  for (const int policy : {SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE}) {
    const bool real = policy == SCHED_FIFO || policy == SCHED_RR;
    sched_param param{real ? 99 : 0};
    must_fail("sched_setscheduler", sched_setscheduler(0, policy, &param));
    must_fail("sched_setparam", sched_setparam(0, &param));
  }
  struct {
    std::uint32_t size = 48, policy = 6;  // SCHED_DEADLINE
    std::uint64_t flags = 0;
    std::int32_t nice = 0;
    std::uint32_t priority = 0;
    std::uint64_t runtime = 900'000, deadline = 1'000'000, period = 1'000'000;
  } deadline;
  must_fail("sched_setattr", syscall(SYS_sched_setattr, 0, &deadline, 0));
  must_fail("setpriority", setpriority(PRIO_PROCESS, 0, -20));
  must_fail("ioprio_set", syscall(SYS_ioprio_set, 1, 0, 1 << 13));
  return work(input);
}
