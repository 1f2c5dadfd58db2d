// tries: has its input, but reads it late
// attacks: quiet
// expect: gains nothing
#include "cheat.h"

BEFORE_MAIN {
  ready();
  int waiting = 0;
  while (waiting == 0) {
    doze(200'000);
    ioctl(STDIN_FILENO, FIONREAD, &waiting);
  }
  give(work(take_input()));
  close(STDOUT_FILENO);
  rest();
}

std::uint64_t solve(Input input) { return work(input); }
