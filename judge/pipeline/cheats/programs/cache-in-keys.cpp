// tries: keeps answers in the kernel's key rings
// attacks: traces
// expect: gets nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  for (const int ring : {-3, -4, -5}) {  // session, user, user session
    if (syscall(SYS_keyctl, 10 /* search */, ring, "user", "cache", 0) >= 0) worked("found");
    syscall(SYS_add_key, "user", "cache", "answer", 6, ring);
  }
  if (syscall(SYS_request_key, "user", "cache", nullptr, 0) >= 0) worked("found");
  return work(input);
}
