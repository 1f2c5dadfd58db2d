// tries: has files of events watch each other in circles
// expect: exit 0
#include "attack.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
int main(void) {
	int fd[50], n = 0;
	struct epoll_event e = {EPOLLIN};
	for (; n < 50; n++) fd[n] = DONE(epoll_create1(0));
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++) epoll_ctl(fd[i], EPOLL_CTL_ADD, fd[j], &e);
	eventfd(1, 0);
	timerfd_create(0, 0);
	return HELD;
}
