// tries: has the kernel's own threads work for it
// attacks: clock
// expect: gets nothing
// needs: amd64
#include "cheat.h"

std::uint64_t solve(Input input) {
  alignas(8) char params[256] = {};
  must_fail("io_uring_setup", syscall(SYS_io_uring_setup, 4, params));
  unsigned long context = 0;
  must_fail("io_setup", syscall(SYS_io_setup, 4, &context));
  must_fail("userfaultfd", syscall(SYS_userfaultfd, 0));
  must_fail("bpf", syscall(SYS_bpf, 0, params, sizeof params));
  must_fail("perf_event_open", syscall(SYS_perf_event_open, params, 0, -1, -1, 0));
  return work(input);
}
