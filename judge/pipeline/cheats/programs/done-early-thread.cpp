// tries: closes nothing, exits its first thread, another works
// attacks: end
// expect: gains nothing
// threads: 4
#include "cheat.h"

static Input task;

static void* helper(void*) {
  give(work(task));
  close(STDOUT_FILENO);
  rest();
}

std::uint64_t solve(Input input) {
  task = input;
  pthread_t thread;
  if (pthread_create(&thread, nullptr, helper, nullptr) != 0) worked("no thread");
  syscall(SYS_exit, 0);  // the thread alone, and without libc's clean-up
  rest();
}
