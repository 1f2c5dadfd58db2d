// tries: keeps answers in its own program
// attacks: traces
// expect: gets nothing
#include "cheat.h"

static volatile std::uint64_t kept = 1;
static const volatile std::uint64_t written = 1;

std::uint64_t solve(Input input) {
  if (kept != 1 || written != 1) worked("found");
  kept = 2;
  auto* page = reinterpret_cast<char*>(reinterpret_cast<std::uintptr_t>(&written) & ~std::uintptr_t{4095});
  if (mprotect(page, 4096, PROT_READ | PROT_WRITE) == 0) {
    *const_cast<volatile std::uint64_t*>(&written) = 2;
    msync(page, 4096, MS_SYNC);
  }
  return work(input);
}
