// Compiled with every submission, which defines solve.
#include "window.h"

std::uint64_t solve(Input input);

int main() {
  const bool window = std::getenv("JUDGE_WINDOW") != nullptr;
  if (window) ready();
  give(solve(take_input()));
  if (!window) return 0; // the whole process is timed
  close(STDOUT_FILENO);
  rest();
}
