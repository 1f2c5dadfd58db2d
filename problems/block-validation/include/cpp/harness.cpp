// The judge compiles this file together with a submission. It calls validate_block once, between getting a test case
// and giving the answer, which is what the judge times. Nothing here is secret, and no clock here counts.
//
// Run by the judge (JUDGE_WINDOW is set), it follows the protocol of windows: prepare, write the byte 5 to standard
// output, read the input, write the answer, close standard output. The judge then ends the process. Run by hand it is an
// ordinary program: ./a.out < test.in

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "block_validation.h"

namespace {

// Reads to the end, where the input does not come as a file in memory: small ones, and by hand.
std::vector<std::uint8_t> read_all() {
  std::vector<std::uint8_t> all(4096);
  std::size_t size = 0;
  for (;;) {
    const ssize_t got = read(STDIN_FILENO, all.data() + size, all.size() - size);
    if (got < 0) std::exit(1);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size == all.size()) all.resize(2 * size);
  }
  all.resize(size);
  return all;
}

// Takes the input: if standard input is a socket, from the file in memory whose descriptor it brings.
std::span<const std::uint8_t> take_input() {
  char byte;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  iovec io{&byte, 1};
  msghdr message{};
  message.msg_iov = &io;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (recvmsg(STDIN_FILENO, &message, 0) != 1) {
    static std::vector<std::uint8_t> small;
    small = read_all();
    return small;
  }
  int file;
  std::memcpy(&file, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof file);
  struct stat status;
  if (fstat(file, &status) != 0) std::exit(1);
  void* at = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (at == MAP_FAILED) std::exit(1);
  return {static_cast<const std::uint8_t*>(at), static_cast<std::size_t>(status.st_size)};
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

void validate(std::span<const std::uint8_t> input) {
  if (input.size() < 8) std::exit(1);
  const std::size_t block_size = big_endian_32(input.data()), proof_size = big_endian_32(input.data() + 4);
  if (input.size() != 8 + block_size + proof_size) std::exit(1);

  const auto update = validate_block(input.subspan(8, block_size), input.subspan(8 + block_size, proof_size));
  if (!update) return write_all("invalid\n", 8);
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
}

}  // namespace

int main() {
  const bool timed = std::getenv("JUDGE_WINDOW") != nullptr;
  if (timed) write_all("\x05", 1);
  validate(take_input());
  if (!timed) return 0;
  close(STDOUT_FILENO);
  for (;;) pause();
}
