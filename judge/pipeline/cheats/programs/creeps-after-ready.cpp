// tries: is ready, and touches memory too briefly to be seen
// attacks: quiet
// expect: RTE restless | surcharge
// because: it may be seen while it sleeps
// work: memory
#include "cheat.h"

BEFORE_MAIN {
  const std::size_t size = table_size * sizeof(std::uint32_t);
  auto* table = static_cast<std::uint32_t*>(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ready();
  int waiting = 0;
  for (std::size_t i = 0; i < table_size && waiting == 0; i += 4096) {
    for (std::size_t k = i; k < i + 4096; k += 1024) table[k] = 1;
    doze(20'000);
    ioctl(STDIN_FILENO, FIONREAD, &waiting);
  }
  const Job job = read_job(take_input());
  give(chase(job.seed, job.steps, table));
  close(STDOUT_FILENO);
  rest();
}

std::uint64_t solve(Input input) { return work(input); }
