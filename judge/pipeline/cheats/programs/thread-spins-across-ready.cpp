// tries: has a thread that works while the window is opened
// attacks: quiet
// expect: RTE restless | gains nothing
// because: on a busy machine it may be off its CPU while it is looked at
// threads: 4
#include "cheat.h"

static void* spin(void*) {
  for (volatile bool on = true; on;) {
  }
  return nullptr;
}

BEFORE_MAIN {
  pthread_t thread;
  pthread_create(&thread, nullptr, spin, nullptr);
}

std::uint64_t solve(Input input) { return work(input); }
