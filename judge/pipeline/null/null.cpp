// Takes its input as the harness of a problem would, and gives no answer.
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

static char room[1 << 20];

int main() {
  const bool timed = std::getenv("JUDGE_WINDOW") != nullptr;
  if (timed) {
    for (std::size_t i = 0; i < sizeof room; i += 4096) static_cast<volatile char*>(room)[i] = 0;
    if (write(STDOUT_FILENO, "\x05", 1) != 1) return 1;
  }
  char byte;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  iovec io{&byte, 1};
  msghdr message{};
  message.msg_iov = &io;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (recvmsg(STDIN_FILENO, &message, 0) != 1)
    while (read(STDIN_FILENO, room, sizeof room) > 0) continue;
  if (!timed) return 0;
  close(STDOUT_FILENO);
  for (;;) pause();
}
