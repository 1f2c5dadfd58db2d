// tries: wakes the judge with lines on standard error
// attacks: runs
// expect: gains nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  const std::uint64_t answer = work(input);
  if (nanoseconds() / 1000 % 2 == 0) {
    for (int i = 0; i < 200; i++) say("slow\n", 5, STDERR_FILENO);
  }
  return answer;
}
