// tries: has an orphan made before it was ready do the work
// attacks: clock
// expect: gains nothing
// threads: 4
#include "cheat.h"

BEFORE_MAIN {
  if (fork() != 0) {
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    rest();
  }
  setsid();
  ready();
  give(work(take_input()));
  close(STDOUT_FILENO);
  rest();
}

std::uint64_t solve(Input input) { return work(input); }
