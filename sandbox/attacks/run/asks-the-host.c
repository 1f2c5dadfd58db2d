// tries: looks through its input file at the host's disk, and flushes it
// expect: exit 0
// stdin: 1M
#include "attack.h"
#include <sys/ioctl.h>
#include <sys/statfs.h>
int main(void) {
	static char b[4096];
	struct stat st, again;
	struct statfs fs;
	DONE(fstat(0, &st));
	DONE(fstatfs(0, &fs));
	if (fs.f_type != 0x1021994 || fs.f_blocks != 0 || fs.f_files > 2) escaped("file system %lx of %ld blocks and %ld files", fs.f_type, (long)fs.f_blocks, (long)fs.f_files);
	if (st.st_ino != 2 || st.st_size != 1 << 20 || st.st_mode != (S_IFREG | 0600)) escaped("inode %ld, mode %o, %ld bytes", (long)st.st_ino, st.st_mode, (long)st.st_size);
	char *p = mmap(NULL, 1 << 20, PROT_READ, MAP_SHARED, 0, 0);
	if (p == MAP_FAILED) unexpected("mmap");
	DONE(fsync(0)); // does nothing
	DONE(fdatasync(0));
	DONE(sync_file_range(0, 0, 0, 7));
	DONE(msync(p, 1 << 20, MS_SYNC));
	DONE(fsync(-1)); // not even looks whether there is such a descriptor
	REFUSED(syncfs(0), EPERM);
	REFUSED(posix_fadvise(0, 0, 0, 4) == EPERM && (errno = EPERM) ? -1 : 0, EPERM);
	REFUSED(ioctl(0, 1 /* FIBMAP */, b), EPERM);
	REFUSED(ioctl(0, 0xc020660b /* FIEMAP */, b), EPERM);
	REFUSED(ioctl(0, 0x80111500 /* FS_IOC_GETFSUUID */, b), EPERM);
	REFUSED(syscall(SYS_statx, 0, "", AT_EMPTY_PATH, 0x5000, b), ENOSYS);
	read(0, b, sizeof b); // leaves no time of reading
	DONE(fstat(0, &again));
	if (again.st_atim.tv_sec != st.st_atim.tv_sec || again.st_atim.tv_nsec != st.st_atim.tv_nsec) escaped("a read changed the time of access");
	return HELD;
}
