// tries: looks preempted always, so that nothing is measured
// attacks: runs
// expect: one-sided
// threads: 4
// needs: real time
#include "cheat.h"

static void* yield(void*) {
  for (;;) sched_yield();
}

// Two threads on one CPU that let each other go first: each time counts as if the machine had interrupted them.
static void look_preempted() {
  pthread_t threads[3];
  for (pthread_t& thread : threads) pthread_create(&thread, nullptr, yield, nullptr);
  for (int i = 0; i < 200; i++) sched_yield();
}

std::uint64_t solve(Input input) {
  const std::uint64_t answer = work(input);
  look_preempted();
  return answer;
}
