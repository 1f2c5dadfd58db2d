// tries: sleeps while an orphaned grandchild works and answers
// attacks: clock
// expect: gains nothing
// threads: 4
#include "cheat.h"

std::uint64_t solve(Input input) {
  const pid_t child = fork();
  if (child != 0) {
    waitpid(child, nullptr, 0);
    close(STDOUT_FILENO);
    rest();
  }
  if (fork() != 0) _exit(0);
  setsid();
  return work(input);
}
