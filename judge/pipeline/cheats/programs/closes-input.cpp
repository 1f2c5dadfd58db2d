// tries: closes its input, and waits for nothing
// attacks: start
// expect: WA early output | RTE
// because: its end may come before the window opens or after
#include "cheat.h"

BEFORE_MAIN { close(STDIN_FILENO); }

std::uint64_t solve(Input input) { return work(input); }
