// tries: closes its output and opens it again
// attacks: end
// expect: WA
#include "cheat.h"

std::uint64_t solve(Input input) {
  const int copy = open("/proc/self/fd/1", O_WRONLY | O_PATH);
  close(STDOUT_FILENO);
  const std::uint64_t answer = work(input);
  for (const char* name : {"/proc/self/fd/1", "/dev/stdout", "/dev/fd/1", "/proc/2/fd/1"}) {
    const int to = open(name, O_WRONLY);
    if (to >= 0) give(answer, to);
  }
  if (copy >= 0) give(answer, copy);
  rest();
}
