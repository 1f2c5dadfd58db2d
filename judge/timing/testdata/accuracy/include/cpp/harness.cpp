// Reads a kind of work, its amount and the megabytes to do it in, has it done,
// and writes the same again.
#include <unistd.h>

#include <cstdlib>

void work(char kind, unsigned long amount, unsigned long megabytes);

int main() {
  char line[64] = {};
  if (write(1, "\x05", 1) != 1) return 1;
  ssize_t size = 0;
  for (ssize_t n; (n = read(0, line + size, sizeof line - 1 - size)) > 0;) size += n;
  char *rest;
  const unsigned long amount = std::strtoul(line + 1, &rest, 10);
  work(line[0], amount, std::strtoul(rest, nullptr, 10));
  if (write(1, line, size) != size) return 1;
  close(1);
  for (;;) pause();
}
