// tries: looks for answers in all that it was given
// attacks: answers
// expect: gets nothing
#include "cheat.h"

extern char** environ;

std::uint64_t solve(Input input) {
  char byte;
  for (int fd = 3; fd < 1024; fd++) {
    const bool brought = fd == 3 && read_job(input).kind == 'f';
    if (!brought) must_fail("descriptor", fcntl(fd, F_GETFD));
  }
  must_fail("reading its output", read(STDOUT_FILENO, &byte, 1));
  for (const char* name : {"/data", "/work", "/proc", "/answers", "/tmp", "/home", "1.ans", "../1.ans"}) must_fail(name, open(name, O_RDONLY));
  if (environ[0] != nullptr && environ[1] != nullptr) worked("environment");
  return work(input);
}
