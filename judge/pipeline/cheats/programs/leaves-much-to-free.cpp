// tries: leaves 2,000 mappings and 200 pipes to be freed
// attacks: caches
// expect: harms nobody
// work: memory
#include "cheat.h"

std::uint64_t solve(Input input) {
  const std::uint64_t answer = work(input);
  for (int i = 0; i < 2'000; i++) {
    auto* at = static_cast<volatile char*>(mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (at == MAP_FAILED) break;
    at[0] = 1;
    mprotect(const_cast<char*>(at) + 4096, 4096, PROT_NONE);
  }
  int pipes[2];
  for (int i = 0; i < 200 && pipe(pipes) == 0; i++) say("x", 1, pipes[1]);
  return answer;
}
