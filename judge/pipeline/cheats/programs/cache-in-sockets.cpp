// tries: keeps answers with a server behind a socket
// attacks: traces
// expect: gets nothing
#include <sys/un.h>

#include "cheat.h"

std::uint64_t solve(Input input) {
  sockaddr_un name{AF_UNIX, "\0cache"};
  const int server = socket(AF_UNIX, SOCK_STREAM, 0);
  if (server >= 0 && connect(server, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0) worked("found");
  if (server >= 0 && bind(server, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0) listen(server, 1);
  int pair[2];
  must_fail("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  return work(input);
}
