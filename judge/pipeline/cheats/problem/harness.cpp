// Compiled with every submission, which defines solve.
#include "window.h"

std::uint64_t solve(Input input);

int main() {
  touch_room();
  ready();
  give(solve(take_input()));
  close(STDOUT_FILENO);
  rest();
}
