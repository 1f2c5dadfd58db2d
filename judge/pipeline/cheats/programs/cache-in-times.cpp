// tries: keeps answers in times and attributes of files
// attacks: traces
// expect: gets nothing
#include <dirent.h>
#include <sys/xattr.h>

#include "cheat.h"

std::uint64_t solve(Input input) {
  for (const char* name : {"/", "/dev", "/dev/null", "/dev/zero", "/dev/full", "/dev/urandom", "."}) {
    struct stat before, after;
    if (stat(name, &before) != 0) continue;
    char value[8];
    if (getxattr(name, "user.cache", value, sizeof value) > 0) worked("found an attribute");
    setxattr(name, "user.cache", "answer", 6, 0);
    const timespec times[2] = {{12345, 0}, {12345, 0}};
    if (before.st_atime == 12345 || before.st_mtime == 12345) worked("found a time");
    utimensat(AT_FDCWD, name, times, 0);
    utimensat(AT_FDCWD, name, nullptr, 0);
    chmod(name, 0700);
    chown(name, getuid(), getgid());
    if (DIR* dir = opendir(name)) {
      while (readdir(dir) != nullptr) continue;
      closedir(dir);
    }
    const int file = open(name, O_RDWR);
    if (file >= 0 && (read(file, value, sizeof value) < 0 || write(file, value, sizeof value) < 0)) close(file);
    stat(name, &after);
    if (before.st_atim.tv_sec != after.st_atim.tv_sec || before.st_atim.tv_nsec != after.st_atim.tv_nsec ||
        before.st_mtim.tv_nsec != after.st_mtim.tv_nsec || before.st_ctim.tv_nsec != after.st_ctim.tv_nsec || before.st_mode != after.st_mode) {
      worked(name);
    }
  }
  return work(input);
}
