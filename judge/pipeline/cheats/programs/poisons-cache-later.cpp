// tries: leaves a child that streams 64 MB over and over
// attacks: caches
// expect: harms nobody
// work: memory
// threads: 4
#include "cheat.h"

std::uint64_t solve(Input input) {
  const std::uint64_t answer = work(input);
  if (fork() == 0) {
    setsid();
    close(STDOUT_FILENO);
    constexpr std::size_t size = std::size_t{64} << 20;
    auto* sea = static_cast<char*>(std::malloc(size));
    for (int i = 0;; i++) {
      std::memset(sea, i, size);
      asm volatile("" : : "r"(sea) : "memory");
    }
  }
  return answer;
}
