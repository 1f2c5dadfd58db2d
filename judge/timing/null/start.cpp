// The cheapest process that takes its input as the harness of a problem would, and
// gives no answer. It starts without the C library, which takes several times as
// long as all that is left.
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

namespace {

#if defined(__x86_64__)
asm(".globl _start\n_start:\n  xor %ebp, %ebp\n  and $-16, %rsp\n  call begin\n");

long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  register long r10 asm("r10") = d, r8 asm("r8") = e, r9 asm("r9") = f;
  asm volatile("syscall" : "+a"(number) : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return number;
}
#elif defined(__aarch64__)
asm(".globl _start\n_start:\n  mov x29, xzr\n  mov x30, xzr\n  bl begin\n");

long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  register long x8 asm("x8") = number, x0 asm("x0") = a, x1 asm("x1") = b, x2 asm("x2") = c, x3 asm("x3") = d,
                x4 asm("x4") = e, x5 asm("x5") = f;
  asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}
#endif

long address(const void* at) { return reinterpret_cast<long>(at); }

// Maps the file whose descriptor came, all of it.
void map(int file) {
  struct stat status;
  if (call(SYS_fstat, file, address(&status)) == 0)
    call(SYS_mmap, 0, status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
}

}  // namespace

extern "C" [[noreturn, gnu::used]] void begin() {
  call(SYS_write, 1, address("\x05"), 1);
  char bytes[4096];
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  iovec io{bytes, 1};
  msghdr message{};
  message.msg_iov = &io;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (call(SYS_recvmsg, 0, address(&message)) == 1)
    map(*reinterpret_cast<const int*>(CMSG_DATA(reinterpret_cast<cmsghdr*>(control))));
  else
    while (call(SYS_read, 0, address(bytes), sizeof bytes) > 0) continue;
  call(SYS_close, 1);
  for (;;) call(SYS_ppoll);
}
