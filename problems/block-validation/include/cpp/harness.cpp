// The judge compiles this file together with a submission: it reads the test case, calls validate_block once and
// writes what it returned. Nothing here is secret, and everything here is inside the measured time.

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "block_validation.h"

namespace {

// Room for the largest test case. Pages that nothing is read into are never touched.
constexpr std::size_t capacity = std::size_t{1} << 20;

std::size_t read_all(std::uint8_t* bytes) {
  std::size_t size = 0;
  while (size < capacity) {
    const ssize_t got = read(STDIN_FILENO, bytes + size, capacity - size);
    if (got < 0) std::exit(1);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return size;
}

void write_all(const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t written = write(STDOUT_FILENO, data, size);
    if (written < 0) std::exit(1);
    data += written;
    size -= static_cast<std::size_t>(written);
  }
}

std::size_t big_endian_32(const std::uint8_t* bytes) {
  return std::size_t{bytes[0]} << 24 | std::size_t{bytes[1]} << 16 | std::size_t{bytes[2]} << 8 | bytes[3];
}

}  // namespace

int main() {
  const auto input = std::make_unique_for_overwrite<std::uint8_t[]>(capacity);
  const std::size_t size = read_all(input.get());
  if (size < 8) return 1;
  const std::size_t block_size = big_endian_32(input.get()), proof_size = big_endian_32(input.get() + 4);
  if (size != 8 + block_size + proof_size) return 1;

  const std::uint8_t* block = input.get() + 8;
  const auto update = validate_block({block, block_size}, {block + block_size, proof_size});
  if (!update) {
    write_all("invalid\n", 8);
    return 0;
  }
  constexpr char digits[] = "0123456789abcdef";
  const std::size_t line_size = 6 + 2 * update->size() + 1;
  const auto line = std::make_unique_for_overwrite<char[]>(line_size);
  std::memcpy(line.get(), "valid ", 6);
  char* out = line.get() + 6;
  for (const std::uint8_t byte : *update) {
    *out++ = digits[byte >> 4];
    *out++ = digits[byte & 15];
  }
  *out = '\n';
  write_all(line.get(), line_size);
  return 0;
}
