// tries: splices a file's page as output, to fill it in later
// attacks: end
// expect: gets nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  for (const char* dir : {".", "/", "/work", "/tmp", "/dev", "/dev/shm", "/var/tmp"}) {
    must_fail(dir, open(dir, O_TMPFILE | O_RDWR, 0600));
  }
  must_fail("memory file", static_cast<long>(syscall(SYS_memfd_create, "page", 0)));
  // A shared mapping of /dev/zero has a file behind it, but not one that splice reaches.
  const int zero = open("/dev/zero", O_RDWR);
  if (zero >= 0) {
    auto* page = static_cast<char*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, zero, 0));
    int pipes[2];
    if (page != MAP_FAILED && pipe(pipes) == 0) {
      std::memcpy(page, "changed", 8);
      char back[8] = {};
      if (splice(zero, nullptr, pipes[1], nullptr, 8, SPLICE_F_NONBLOCK) == 8 && read(pipes[0], back, 8) == 8 && back[0] == 'c') worked("splice");
    }
  }
  return work(input);
}
