// Work in 100 equal parts, and EXTRA parts more: a program that is slower by
// exactly EXTRA per cent.
#include <sys/mman.h>

#include <cstdint>

#ifndef EXTRA
#define EXTRA 0
#endif

namespace {

constexpr int parts = 100;

// Not a constant of the code, which must be the same to the byte in all of them:
// with 100 in place of 101 the compiler lays out other loops, which was worth
// 1.7 per cent. Nor is it 0, which would lie elsewhere in memory.
volatile int all = parts + EXTRA;

volatile std::uint64_t sink;

// Multiplications, branches that follow no pattern, and a table in the first
// level cache.
void compute(unsigned long steps) {
  static std::uint32_t table[1024];
  static std::uint64_t x = 88172645463325252u; // goes on: parts that repeat would be foreseen
  std::uint64_t sum = 0;
  for (unsigned long i = 0; i < steps; i++) {
    x = x * 6364136223846793005u + 1442695040888963407u;
    std::uint32_t &cell = table[x >> 54];
    if (x & (std::uint64_t(1) << 40))
      sum += cell ^ (x >> 32);
    else
      sum = (sum << 5) - sum + cell;
    cell = cell * 1664525u + std::uint32_t(sum);
  }
  sink = sum;
}

// Lines, each of which names the next in one circle through all of them, in an
// order that no prefetcher foresees: up to 8 MB.
struct Line {
  std::uint32_t next;
  std::uint32_t value[15];
};
constexpr std::uint32_t most = 8, per_megabyte = 160;
alignas(4096) Line lines[parts * per_megabyte * most];
std::uint32_t slice, count;  // lines of one part, and of all

// Takes the memory of one slice from the kernel, page by page.
void fill(std::uint32_t part) {
  Line *const first = lines + part * slice;
  madvise(first, slice * sizeof(Line), MADV_DONTNEED);
  for (std::uint32_t i = part * slice; i < (part + 1) * slice; i++) {
    lines[i].next = (i * std::uint64_t(1664521) + 1013904223u) % count;
    lines[i].value[7] = i;
  }
}

std::uint32_t at;

void walk(unsigned long visits) {
  std::uint64_t sum = 0;
  for (unsigned long i = 0; i < visits; i++) {
    sum = sum * 31 + lines[at].value[7];
    at = lines[at].next;
  }
  sink = sum;
}

}  // namespace

void work(char kind, unsigned long amount, unsigned long megabytes) {
  const int n = all;
  if (kind == 'c') {
    for (int i = 0; i < n; i++) compute(amount);
    return;
  }
  slice = per_megabyte * std::uint32_t(megabytes < most ? megabytes : most);
  count = parts * slice;
  for (int i = 0; i < n; i++) fill(i % parts);
  for (int i = 0; i < n; i++) walk(amount);
}
