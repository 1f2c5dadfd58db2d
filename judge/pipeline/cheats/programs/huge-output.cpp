// tries: writes 64 MB, to keep the judge busy
// attacks: limits
// expect: OLE
#include "cheat.h"

std::uint64_t solve(Input) {
  static char line[1 << 16];
  for (int i = 0; i < 1024; i++) say(line, sizeof line);
  return 0;
}
