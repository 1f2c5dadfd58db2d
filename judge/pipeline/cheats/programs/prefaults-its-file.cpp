// tries: works in pages of its own file, there before it is ready
// attacks: charge
// expect: surcharge
// work: pages
#include "cheat.h"

// As large as the table, in the file: pages that the kernel has already, and copies when they are written to.
asm(".pushsection .data\n.balign 4096\n.globl table\ntable: .fill 4194304, 1, 1\n.popsection");
extern "C" std::uint32_t table[];

BEFORE_MAIN {
  for (std::size_t i = 0; i < table_size; i += 1024) static_cast<volatile std::uint32_t*>(table)[i] = 1;
}

std::uint64_t solve(Input input) {
  const Job job = read_job(input);
  return chase(job.seed, job.steps, table);
}
