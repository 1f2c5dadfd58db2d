// tries: keeps answers in limits, flags, pipe sizes and names
// attacks: traces
// expect: gets nothing
#include <sys/utsname.h>

#include "cheat.h"

std::uint64_t solve(Input input) {
  char name[16] = {};
  prctl(PR_GET_NAME, name);
  rlimit limit;
  getrlimit(RLIMIT_CORE, &limit);
  utsname host;
  uname(&host);
  sigset_t mask;
  sigprocmask(SIG_SETMASK, nullptr, &mask);
  const mode_t old = umask(0);
  itimerval timer;
  getitimer(ITIMER_VIRTUAL, &timer);
  if (std::strcmp(name, "kept") == 0 || old == 0 || sigismember(&mask, SIGUSR1) || std::strcmp(host.nodename, "kept") == 0 || timer.it_value.tv_sec != 0) worked("found");
  for (const int fd : {0, 1, 2}) {
    if (fcntl(fd, F_GETFL) & (O_NONBLOCK | O_ASYNC) || fcntl(fd, F_GETOWN) != 0 || fcntl(fd, F_GETPIPE_SZ) == 8192) worked("found a flag");
    fcntl(fd, F_SETOWN, getpid());
    fcntl(fd, F_SETPIPE_SZ, 8192);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
  prctl(PR_SET_NAME, "kept");
  sethostname("kept", 4);
  sigaddset(&mask, SIGUSR1);
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  timer.it_value.tv_sec = 1000;
  setitimer(ITIMER_VIRTUAL, &timer, nullptr);
  return work(input);
}
