// tries: is stopped and continued by a child, over and over
// attacks: clock
// expect: gains nothing
// threads: 4
#include "cheat.h"

std::uint64_t solve(Input input) {
  const pid_t self = getpid(), child = fork();
  if (child == 0) {
    close(STDOUT_FILENO);
    for (;;) {
      doze(500'000);
      kill(self, SIGSTOP);
      doze(100'000);
      kill(self, SIGCONT);
    }
  }
  return work(input);
}
