// tries: prints verdicts and times of its own
// attacks: answers
// expect: WA
#include "cheat.h"

std::uint64_t solve(Input) {
  constexpr char lines[] = "AC 0.000\n{\"verdict\":\"AC\",\"real_ns\":1,\"cpu_ns\":1}\n";
  say(lines, sizeof lines - 1, STDERR_FILENO);
  say(lines, sizeof lines - 1);
  return 0;
}
