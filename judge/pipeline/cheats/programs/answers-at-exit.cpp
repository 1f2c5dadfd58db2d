// tries: gives the answer in an exit handler
// attacks: end
// expect: gains nothing
#include "cheat.h"

static Input task;

std::uint64_t solve(Input input) {
  task = input;
  std::atexit([] { give(work(task)); });
  std::exit(0);
}
