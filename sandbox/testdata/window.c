// Programs for windows: what they do is argv[1]. The honest ones print the sum of the bytes of their input.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void ready(void) { if (write(1, "\x05", 1) != 1) _exit(9); }

static void burn(double ms) {
	struct timespec t;
	clock_t end;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	double until = t.tv_sec * 1e3 + t.tv_nsec / 1e6 + ms;
	do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); while (t.tv_sec * 1e3 + t.tv_nsec / 1e6 < until);
}

static void *spin(void *ms) { burn(*(double *)ms); return 0; }

static unsigned long sum(const unsigned char *p, size_t n) {
	unsigned long s = 0;
	while (n--) s += *p++;
	return s;
}

// From a pipe, or from the file whose descriptor the socket brings.
static unsigned long take(void) {
	char byte, space[CMSG_SPACE(sizeof(int))];
	struct iovec io = {&byte, 1};
	struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
	if (recvmsg(0, &m, 0) == 1) {
		int fd = *(int *)CMSG_DATA(CMSG_FIRSTHDR(&m));
		struct stat st;
		fstat(fd, &st);
		unsigned char *p = mmap(0, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED || pwrite(fd, "x", 1, 0) == 1 || ftruncate(fd, 0) == 0) _exit(8);
		return sum(p, st.st_size);
	}
	static unsigned char buf[1 << 16];
	unsigned long s = 0;
	for (ssize_t n; (n = read(0, buf, sizeof buf)) > 0;) s += sum(buf, n);
	return s;
}

static void answer(unsigned long s) {
	char line[32];
	if (write(1, line, sprintf(line, "%lu\n", s)) < 0) _exit(7);
}

int main(int argc, char **argv) {
	const char *how = argv[1];
	double ms = argc > 2 ? atof(argv[2]) : 0;
	pthread_t thread;
	if (!strcmp(how, "chat")) write(1, "hello\n", 6);
	if (!strcmp(how, "before")) burn(ms);
	if (!strcmp(how, "doze")) usleep(ms * 1000);
	if (!strcmp(how, "never")) pause();
	if (!strcmp(how, "leave")) return 3;
	if (!strcmp(how, "whole")) { burn(ms); return 0; }
	if (!strcmp(how, "restless") || !strcmp(how, "rush")) pthread_create(&thread, 0, spin, &ms);
	if (!strcmp(how, "policy")) {
		struct sched_param p = {0};
		int was = sched_getscheduler(0), set = sched_setscheduler(0, SCHED_OTHER, &p);
		ready(), take(), printf("%d %d\n", was, set), fflush(stdout), close(1), pause();
	}
	ready();
	if (!strcmp(how, "ahead") || !strcmp(how, "rush")) answer(1);
	if (!strcmp(how, "deaf")) { usleep(50000), answer(2), close(1), pause(); }
	unsigned long s = take();
	if (!strcmp(how, "crash")) abort();
	if (!strcmp(how, "work")) burn(ms);
	if (!strcmp(how, "nap")) usleep(ms * 1000);
	if (!strcmp(how, "thread")) pthread_create(&thread, 0, spin, &ms), pthread_join(thread, 0);
	if (!strcmp(how, "orphan") && fork() == 0) { burn(ms), answer(s), close(1); pause(); }
	if (!strcmp(how, "orphan")) { close(1); pause(); }
	if (!strcmp(how, "late")) { close(1), burn(1000), answer(s), pause(); }
	if (!strcmp(how, "stay") && fork() == 0) { close(1); for (;;) pause(); }
	if (!strcmp(how, "spill")) { for (int i = 0; i < 200; i++) answer(s); for (;;) burn(1); } // more than it may, then no end
	if (!strcmp(how, "much")) for (char block[65536] = {0};;) if (write(1, block, sizeof block) < 0) return 6;
	answer(s), close(1);
	if (!strcmp(how, "quick")) return 5;
	for (;;) pause(); // nobody waits for that
}
