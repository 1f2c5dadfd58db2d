// tries: keeps answers in files
// attacks: traces
// expect: gets nothing
#include "cheat.h"

std::uint64_t solve(Input input) {
  for (const char* dir : {".", "/", "/work", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/dev/mqueue", "/run", "/etc", "/proc", "/sys", "/home"}) {
    char name[64];
    std::snprintf(name, sizeof name, "%s/cache", dir);
    if (open(name, O_RDONLY) >= 0) worked("found a file");
    const int file = open(name, O_CREAT | O_RDWR, 0666);
    if (file >= 0) give(1, file);
    std::snprintf(name, sizeof name, "%s/folder", dir);
    if (mkdir(name, 0777) != 0 && errno == EEXIST) worked("found a folder");
    if (symlink("answer", name) != 0 && errno == EEXIST) worked("found a link");
  }
  return work(input);
}
