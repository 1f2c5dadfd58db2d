// Reads a kind of work and its amount, has it done, and writes both again.
#include <unistd.h>

#include <cstdlib>

void work(char kind, unsigned long amount);

int main() {
  char line[64] = {};
  if (write(1, "\x05", 1) != 1) return 1;
  ssize_t size = 0;
  for (ssize_t n; (n = read(0, line + size, sizeof line - 1 - size)) > 0;) size += n;
  work(line[0], std::strtoul(line + 1, nullptr, 10));
  if (write(1, line, size) != size) return 1;
  close(1);
  for (;;) pause();
}
