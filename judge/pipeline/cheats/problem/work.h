// The work that a test case asks for, done honestly. An input begins with "KIND SEED STEPS\n".
#pragma once
#include "window.h"

struct Job {
  unsigned long long seed = 0;
  unsigned long steps = 0;
  char kind = 0;
};

inline Job read_job(Input input) {
  char line[64] = {};
  std::memcpy(line, input.data(), input.size() < sizeof line - 1 ? input.size() : sizeof line - 1);
  Job job;
  std::sscanf(line, "%c %llu %lu", &job.kind, &job.seed, &job.steps);
  return job;
}

inline constexpr std::uint64_t factor = 6364136223846793005u, summand = 1442695040888963407u;

// A chain of multiplications: the processor alone counts.
inline std::uint64_t compute(std::uint64_t x, unsigned long steps) {
  for (unsigned long i = 0; i < steps; i++) {
    x = x * factor + summand;
    asm volatile("" : "+r"(x));
  }
  return x;
}

inline constexpr std::size_t table_size = std::size_t{1} << 20;

// Random steps through a table of 4 MiB: memory and its pages count.
inline std::uint64_t chase(std::uint64_t seed, unsigned long steps, std::uint32_t* table) {
  std::uint64_t x = seed;
  for (std::size_t i = 0; i < table_size; i++) {
    x = x * factor + summand;
    table[i] = static_cast<std::uint32_t>(x >> 32);
  }
  std::uint32_t at = static_cast<std::uint32_t>(seed);
  for (unsigned long i = 0; i < steps; i++) at = table[at % table_size] + static_cast<std::uint32_t>(i);
  return at;
}

inline std::uint64_t fold(Input input) {
  std::uint64_t x = 0;
  for (const std::uint8_t byte : input) x = (x ^ byte) * factor;
  return x;
}

// The table in pages that the kernel makes in one call, which costs least.
inline std::uint32_t* pages() {
  void* at = mmap(nullptr, table_size * sizeof(std::uint32_t), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (at == MAP_FAILED) std::exit(1);
  return static_cast<std::uint32_t*>(at);
}

// The same in pages of 2 MiB, if it has any.
inline std::uint32_t* huge_pages() {
  constexpr std::size_t size = table_size * sizeof(std::uint32_t);
  auto* table = static_cast<std::uint32_t*>(std::aligned_alloc(std::size_t{2} << 20, size));
  madvise(table, size, MADV_HUGEPAGE);
  for (std::size_t i = 0; i < table_size; i += 1024) static_cast<volatile std::uint32_t*>(table)[i] = 0;
  return table;
}

inline std::uint64_t work(Input input) {
  const Job job = read_job(input);
  if (job.kind == 'f') return fold(input);
  if (job.kind == 'c') return compute(job.seed, job.steps);
  if (job.kind == 'p') return chase(job.seed, job.steps, pages());
  if (job.kind == 'h') return chase(job.seed, job.steps, huge_pages());
  auto* table = static_cast<std::uint32_t*>(std::malloc(table_size * sizeof(std::uint32_t)));
  return chase(job.seed, job.steps, table);
}
