// tries: leaves a child that keeps answers for the next run
// attacks: traces
// expect: gets nothing
// threads: 4
#include "cheat.h"

std::uint64_t solve(Input input) {
  for (pid_t pid = 1; pid < 300; pid++) {
    if (pid != getpid() && kill(pid, 0) == 0) worked("found a process");
  }
  const pid_t child = fork();
  if (child == 0) {
    setsid();
    for (int signal = 1; signal < 32; signal++) ::signal(signal, SIG_IGN);
    close(STDOUT_FILENO);
    rest();
  }
  return work(input);
}
