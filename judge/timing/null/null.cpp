// Reads its input and gives no answer, where whole processes are timed.
#include <unistd.h>

static char room[1 << 16];

int main() {
  while (read(STDIN_FILENO, room, sizeof room) > 0) continue;
}
