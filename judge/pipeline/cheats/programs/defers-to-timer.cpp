// tries: has a timer's signal do the work
// attacks: clock
// expect: gains nothing
#include "cheat.h"

static Input task;
static volatile bool done;
static volatile std::uint64_t answer;

std::uint64_t solve(Input input) {
  task = input;
  signal(SIGALRM, [](int) {
    answer = work(task);
    done = true;
  });
  const itimerval soon{{0, 0}, {0, 100}};
  setitimer(ITIMER_REAL, &soon, nullptr);
  while (!done) pause();
  return answer;
}
