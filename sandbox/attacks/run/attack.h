// What hostile programs share. A call that should be refused and is not is
// an escape; one that fails for an unexpected reason proves nothing, and is
// reported too.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HELD = 0, UNEXPECTED = 97, ESCAPED = 99 };

static volatile long sink;

// escaped reports success.
static void escaped(const char *format, ...) {
	va_list args;
	va_start(args, format);
	dprintf(1, "ESCAPED ");
	vdprintf(1, format, args);
	dprintf(1, "\n");
	va_end(args);
	_exit(ESCAPED);
}

// unexpected reports that an attack could not even be tried.
static void unexpected(const char *what) {
	dprintf(2, "%s: unexpected: %s\n", what, strerror(errno));
	_exit(UNEXPECTED);
}

// REFUSED makes a call that must fail with one of the given errors.
#define REFUSED(call, ...) refused(#call, (long)(call), (int[]){__VA_ARGS__, 0})
static void refused(const char *call, long result, const int *errors) {
	if (result != -1) escaped("%s gave %ld", call, result);
	for (; *errors; errors++)
		if (errno == *errors) return;
	unexpected(call);
}

// DONE makes a call that must succeed.
#define DONE(call) done(#call, (long)(call))
static long done(const char *call, long result) {
	if (result == -1) unexpected(call);
	return result;
}

// canary says where something is that is out of bounds.
static const char *canary(const char *name) {
	char key[64];
	snprintf(key, sizeof key, "CANARY_%s", name);
	const char *value = getenv(key);
	if (!value) { dprintf(2, "%s is not set\n", key); _exit(UNEXPECTED); }
	return value;
}

// show prints what could be read, which is how a secret gets out.
static void show(int fd) {
	char block[4096];
	ssize_t n = read(fd, block, sizeof block);
	if (n > 0) write(1, block, n);
}

// spin uses CPU time for ever.
static void spin(void) { for (;;) sink++; }

// touch makes memory real.
static void touch(char *p, size_t n) { for (size_t i = 0; i < n; i += 4096) p[i] = 1; }

// get_ready says that it is ready for its input and waits for it: the descriptor
// of a file in memory, which comes through the socket that is standard input.
static int get_ready(void) {
	char byte = 5, space[CMSG_SPACE(sizeof(int))];
	struct iovec io = {&byte, 1};
	struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
	if (write(1, &byte, 1) != 1 || recvmsg(0, &m, 0) != 1 || m.msg_controllen < CMSG_LEN(sizeof(int))) unexpected("the input");
	return *(int *)CMSG_DATA(CMSG_FIRSTHDR(&m));
}

static char *reserve(size_t n) {
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return p == MAP_FAILED ? NULL : (char *)p;
}
