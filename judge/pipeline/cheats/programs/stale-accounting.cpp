// tries: is on another CPU, uncounted, when the judge reads
// attacks: clock
// expect: gains nothing
// threads: 4
#include "cheat.h"

static void* spin(void*) {
  for (volatile bool on = true; on;) {
  }
  return nullptr;
}

std::uint64_t solve(Input input) {
  pthread_t thread;
  pthread_create(&thread, nullptr, spin, nullptr);
  return work(input);
}
