// tries: gives a page of its own as output, to fill it in later
// attacks: end
// expect: gets nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  alignas(4096) static char page[4096] = "0000000000000000\n";
  iovec io{page, 17};
  must_fail("vmsplice", vmsplice(STDOUT_FILENO, &io, 1, SPLICE_F_GIFT));
  return work(input);
}
