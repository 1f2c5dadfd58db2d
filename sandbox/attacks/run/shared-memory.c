// tries: memory that outlives it: System V, POSIX, memfd, queues
// expect: exit 0
#include "attack.h"
#include <mqueue.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
int main(void) {
	REFUSED(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666), EPERM);
	REFUSED(shmget(1234, 4096, IPC_CREAT | 0666), EPERM);
	for (int id = 0; id < 100; id++) REFUSED(shmat(id, NULL, 0), EPERM);
	REFUSED(shmat(atoi(canary("SHM")), NULL, SHM_RDONLY), EPERM);
	REFUSED(semget(1234, 1, IPC_CREAT | 0666), EPERM);
	REFUSED(msgget(1234, IPC_CREAT | 0666), EPERM);
	REFUSED(mq_open("/attack", O_CREAT | O_RDWR, 0666, NULL), EPERM);
	REFUSED(memfd_create("attack", 0), EPERM);
	REFUSED(shm_open("/attack", O_CREAT | O_RDWR, 0666), ENOENT, EACCES);
	REFUSED(open(canary("POSIX"), O_RDWR), ENOENT);
	REFUSED(mkdir("/dev/shm", 0777), EROFS);
	return HELD;
}
