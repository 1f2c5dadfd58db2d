// tries: keeps answers in shared memory, queues and semaphores
// attacks: traces
// expect: gets nothing
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "cheat.h"

std::uint64_t solve(Input input) {
  constexpr key_t key = 0x5ca1ab1e;
  if (shmget(key, 4096, 0) >= 0 || msgget(key, 0) >= 0 || semget(key, 1, 0) >= 0) worked("found");
  shmget(key, 4096, IPC_CREAT | 0666);
  msgget(key, IPC_CREAT | 0666);
  semget(key, 1, IPC_CREAT | 0666);
  if (syscall(SYS_mq_open, "cache", O_RDWR, 0, nullptr) >= 0) worked("found a queue");
  syscall(SYS_mq_open, "cache", O_RDWR | O_CREAT, 0666, nullptr);
  return work(input);
}
