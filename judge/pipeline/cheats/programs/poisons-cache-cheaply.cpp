// tries: streams 64 MB in huge pages, a twentieth of the cost
// attacks: caches
// expect: harms nobody
// work: memory
#include "cheat.h"
#include <sys/mman.h>

std::uint64_t solve(Input input) {
  const std::uint64_t answer = work(input);
  constexpr std::size_t size = std::size_t{64} << 20;
  auto* sea = static_cast<char*>(std::aligned_alloc(2 << 20, size));
  madvise(sea, size, MADV_HUGEPAGE);
  std::memset(sea, 1, size);
  asm volatile("" : : "r"(sea) : "memory");
  return answer;
}
