// What several cheats need.
#pragma once
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include <cerrno>

#include "work.h"

// Ends with a wrong answer: what the cheat tried has worked, which must be seen.
[[noreturn]] inline void worked(const char* what) {
  char line[128];
  say(line, static_cast<std::size_t>(std::snprintf(line, sizeof line, "WORKED %s\n", what)));
  close(STDOUT_FILENO);
  rest();
}

// How must_fail is used: must_fail("fork", fork()).
inline void must_fail(const char* what, long result) {
  if (result >= 0) worked(what);
}

// Whether this is a timed repetition rather than the first pass; programs can tell where these are scheduled in real time.
inline bool measured() { return sched_getscheduler(0) != SCHED_OTHER; }

inline long long nanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

inline void burn(long long ns) {
  for (const long long end = nanoseconds() + ns; nanoseconds() < end;) {
  }
}

inline void doze(long ns) {
  const timespec time{ns / 1'000'000'000, ns % 1'000'000'000};
  nanosleep(&time, nullptr);
}

// Runs before main.
#define BEFORE_MAIN __attribute__((constructor)) static void before_main()
