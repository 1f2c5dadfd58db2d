// tries: gives two answers, one may be right
// attacks: answers
// expect: WA
#include "cheat.h"

std::uint64_t solve(Input input) {
  give(0);
  return work(input);
}
