// tries: does it all before the C library has started
// attacks: charge
// expect: gains its start
// work: memory
// needs: amd64
#include "cheat.h"

// While a function is linked nothing of the C library is set up, so nothing of it is used.
static long call(long number, long a = 0, long b = 0, long c = 0) {
  asm volatile("syscall" : "+a"(number) : "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return number;
}

static std::uint32_t table[table_size];

// As many pages as most of the C library's start would take the time of.
static constexpr std::size_t early = 110 * std::size_t{1024};

static void nothing() {}

extern "C" __attribute__((used)) decltype(&nothing) choose() {
  for (std::size_t i = 0; i < early; i += 1024) static_cast<volatile std::uint32_t*>(table)[i] = 1;
  call(SYS_write, STDOUT_FILENO, reinterpret_cast<long>("\x05"), 1);
  char line[64] = {};
  for (long size = 0, got; (got = call(SYS_read, STDIN_FILENO, reinterpret_cast<long>(line + size), 63 - size)) > 0;) size += got;
  const char* at = line + 2;
  unsigned long long seed = 0;
  unsigned long steps = 0;
  for (; *at != ' '; at++) seed = seed * 10 + static_cast<unsigned>(*at - '0');
  for (at++; *at >= '0'; at++) steps = steps * 10 + static_cast<unsigned>(*at - '0');
  const std::uint64_t answer = chase(seed, steps, table);
  char out[17];
  for (int i = 0; i < 16; i++) out[i] = "0123456789abcdef"[answer >> (60 - 4 * i) & 15];
  out[16] = '\n';
  call(SYS_write, STDOUT_FILENO, reinterpret_cast<long>(out), sizeof out);
  call(SYS_close, STDOUT_FILENO);
  for (;;) call(SYS_pause);
}

__attribute__((ifunc("choose"))) void chosen();

std::uint64_t solve(Input input) {
  chosen();
  return work(input);
}
