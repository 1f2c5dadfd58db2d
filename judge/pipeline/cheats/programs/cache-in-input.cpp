// tries: keeps answers in the file by which a large input comes
// attacks: traces
// expect: gets nothing
// work: large
#include "cheat.h"

std::uint64_t solve(Input input) {
  for (int fd = 3; fd < 16; fd++) {
    if (fcntl(fd, F_GETFD) < 0) continue;
    must_fail("write", pwrite(fd, "x", 1, 0));
    must_fail("truncate", ftruncate(fd, 1));
    must_fail("seal", fcntl(fd, F_ADD_SEALS, 0));
    if (mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED) worked("shared mapping");
  }
  return work(input);
}
