// Checks the container of a test case: two lengths, then as many bytes. What the two bags of cells hold is the
// submission's to judge, so nothing is read inside them.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

namespace {

constexpr int accepted = 42, rejected = 43;
constexpr std::size_t min_boc_size = 11, max_boc_size = 300'000;

std::size_t big_endian_32(const std::uint8_t* bytes) {
  return std::size_t{bytes[0]} << 24 | std::size_t{bytes[1]} << 16 | std::size_t{bytes[2]} << 8 | bytes[3];
}

int reject(const char* reason) {
  std::fprintf(stderr, "%s\n", reason);
  return rejected;
}

}  // namespace

int main() {
  // One byte more than the largest input, to notice what is too long.
  std::vector<std::uint8_t> input(8 + 2 * max_boc_size + 1);
  input.resize(std::fread(input.data(), 1, input.size(), stdin));
  if (input.size() < 8) return reject("the two lengths are missing");
  const std::size_t sizes[] = {big_endian_32(input.data()), big_endian_32(input.data() + 4)};
  for (const std::size_t size : sizes) {
    if (size < min_boc_size || size > max_boc_size) return reject("a bag of cells is too small or too large");
  }
  if (input.size() != 8 + sizes[0] + sizes[1]) return reject("the lengths do not add up to the size of the input");
  return accepted;
}
