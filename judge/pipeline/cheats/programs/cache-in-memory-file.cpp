// tries: keeps answers in a file in memory
// attacks: traces
// expect: gets nothing
// needs: amd64
#include "cheat.h"

std::uint64_t solve(Input input) {
  must_fail("memfd_create", static_cast<long>(syscall(SYS_memfd_create, "cache", 0)));
  must_fail("memfd_secret", syscall(SYS_memfd_secret, 0));
  return work(input);
}
