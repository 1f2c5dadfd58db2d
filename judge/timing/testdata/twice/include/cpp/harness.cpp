// What a problem needs for windows, as docs/measuring.md says it.
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
long solve(long n);
int main() {
  char line[64] = {};
  if (write(1, "\x05", 1) != 1) return 1;
  if (read(0, line, sizeof line - 1) < 0) return 1;
  const int n = std::snprintf(line, sizeof line, "%ld\n", solve(std::atol(line)));
  if (write(1, line, n) != n) return 1;
  close(1);
  for (;;) pause();
}
