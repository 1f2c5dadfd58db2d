// tries: works in a child that borrows its memory
// attacks: clock
// expect: gains nothing
// threads: 4
#include "cheat.h"

std::uint64_t solve(Input input) {
  static volatile std::uint64_t answer;
  if (vfork() == 0) {
    answer = work(input);
    _exit(0);
  }
  return answer;
}
