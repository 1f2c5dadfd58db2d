// tries: has a thread that sleeps until the window is open
// attacks: clock
// expect: gains nothing
// threads: 4
#include "cheat.h"

static void* wake(void*) {
  doze(3'000'000);
  burn(2'000'000);
  rest();
}

BEFORE_MAIN {
  pthread_t thread;
  pthread_create(&thread, nullptr, wake, nullptr);
}

std::uint64_t solve(Input input) { return work(input); }
