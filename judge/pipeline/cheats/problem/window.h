// The protocol of windows as functions, for the harness and for cheats that take it into their own hands.
#pragma once
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>

using Input = std::span<const std::uint8_t>;

// Inputs up to this size come through a pipe.
inline constexpr std::size_t capacity = 4096;
alignas(4096) inline std::uint8_t room[capacity];

inline void say(const char* text, std::size_t size, int to = STDOUT_FILENO) {
  while (size > 0) {
    const ssize_t written = write(to, text, size);
    if (written < 0) return;
    text += written;
    size -= static_cast<std::size_t>(written);
  }
}

inline void ready() { say("\x05", 1); }

inline Input take_input() {
  char byte;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  iovec io{&byte, 1};
  msghdr message{};
  message.msg_iov = &io;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (recvmsg(STDIN_FILENO, &message, 0) == 1) {
    int file;
    std::memcpy(&file, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof file);
    struct stat status;
    if (fstat(file, &status) != 0) std::exit(1);
    void* at = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (at == MAP_FAILED) std::exit(1);
    return {static_cast<const std::uint8_t*>(at), static_cast<std::size_t>(status.st_size)};
  }
  std::size_t size = 0;
  while (size < capacity) {
    const ssize_t got = read(STDIN_FILENO, room + size, capacity - size);
    if (got < 0) std::exit(1);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return {room, size};
}

inline void give(std::uint64_t answer, int to = STDOUT_FILENO) {
  char line[32];
  say(line, static_cast<std::size_t>(std::snprintf(line, sizeof line, "%016llx\n", static_cast<unsigned long long>(answer))), to);
}

[[noreturn]] inline void rest() {
  for (;;) pause();
}
