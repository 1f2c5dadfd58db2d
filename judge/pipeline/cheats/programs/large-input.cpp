// tries: reads a large input before the window
// attacks: start
// expect: gets nothing
// work: large
#include "cheat.h"

BEFORE_MAIN {
  fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
  char byte;
  must_fail("read", read(STDIN_FILENO, &byte, 1) > 0 ? 0 : -1);
  msghdr message{};
  must_fail("recvmsg", recvmsg(STDIN_FILENO, &message, MSG_PEEK));
  fcntl(STDIN_FILENO, F_SETFL, 0);
}

std::uint64_t solve(Input input) { return work(input); }
