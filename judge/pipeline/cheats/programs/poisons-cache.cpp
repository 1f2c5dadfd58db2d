// tries: streams 64 MB before it is done, to slow down the next
// attacks: caches
// expect: harms nobody
// work: memory
#include "cheat.h"

std::uint64_t solve(Input input) {
  const std::uint64_t answer = work(input);
  constexpr std::size_t size = std::size_t{64} << 20;
  auto* sea = static_cast<char*>(std::malloc(size));
  std::memset(sea, 1, size);
  asm volatile("" : : "r"(sea) : "memory");
  return answer;
}
