// tries: raises its limits and shrugs off the CPU limit
// attacks: limits
// expect: gets nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  for (const auto what : {RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_STACK, RLIMIT_RTPRIO, RLIMIT_NICE, RLIMIT_MEMLOCK, RLIMIT_CPU}) {
    rlimit limit;
    getrlimit(what, &limit);
    if (limit.rlim_max == RLIM_INFINITY) continue;
    limit.rlim_cur = ++limit.rlim_max;
    must_fail("setrlimit", setrlimit(what, &limit));
  }
  signal(SIGXCPU, SIG_IGN);
  return work(input);
}
