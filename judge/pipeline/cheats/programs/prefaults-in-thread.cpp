// tries: has a thread make its pages before it is ready
// attacks: charge
// expect: surcharge
// work: pages
// threads: 4
#include "cheat.h"

static std::uint32_t* table;

static void* make(void*) {
  table = pages();
  return nullptr;
}

BEFORE_MAIN {
  pthread_t thread;
  if (pthread_create(&thread, nullptr, make, nullptr) != 0) std::exit(1);
  pthread_join(thread, nullptr);
}

std::uint64_t solve(Input input) {
  const Job job = read_job(input);
  return chase(job.seed, job.steps, table);
}
