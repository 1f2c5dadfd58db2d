// tries: makes threads and processes where one is allowed
// attacks: limits
// expect: gets nothing
#include "cheat.h"

static void* idle(void*) { rest(); }

std::uint64_t solve(Input input) {
  pthread_t thread;
  if (pthread_create(&thread, nullptr, idle, nullptr) == 0) worked("thread");
  must_fail("fork", fork());
  const pid_t child = vfork();
  if (child == 0) _exit(0);
  must_fail("vfork", child);
  return work(input);
}
