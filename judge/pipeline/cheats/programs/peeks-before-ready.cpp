// tries: looks for its input before it is ready
// attacks: start
// expect: gets nothing
#include "cheat.h"

BEFORE_MAIN {
  int waiting = 0;
  char byte;
  fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
  for (int i = 0; i < 10; i++) {
    if (ioctl(STDIN_FILENO, FIONREAD, &waiting) == 0 && waiting > 0) worked("FIONREAD");
    must_fail("read", read(STDIN_FILENO, &byte, 1) > 0 ? 0 : -1);
    doze(100'000);
  }
  fcntl(STDIN_FILENO, F_SETFL, 0);
}

std::uint64_t solve(Input input) { return work(input); }
