// tries: maps its output, to write into it later
// attacks: end
// expect: gets nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  if (mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, STDOUT_FILENO, 0) != MAP_FAILED) worked("mmap");
  return work(input);
}
