// tries: brings a main of its own
// attacks: start
// expect: CE
#include "cheat.h"

int main() {}

std::uint64_t solve(Input input) { return work(input); }
