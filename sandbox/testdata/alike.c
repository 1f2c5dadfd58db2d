// Looks at what could tell one run of another, or of the host: argv[1] says what
// to do before, argv[2] how often. In a window, JUDGE_WINDOW is set. What it saw is its answer.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

// take gets ready and gives the descriptor of the input.
static int take(void) {
	if (!getenv("JUDGE_WINDOW")) return 0;
	char byte, space[CMSG_SPACE(sizeof(int))];
	struct iovec io = {&byte, 1};
	struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
	if (write(1, "\x05", 1) != 1) _exit(9);
	if (recvmsg(0, &m, 0) == 1) return *(int *)CMSG_DATA(CMSG_FIRSTHDR(&m));
	while (read(0, space, sizeof space) > 0) {}
	return 0;
}

static void see(int input) {
	struct stat in, root;
	struct statfs fs;
	char name[17] = "";
	fstat(input, &in), fstatfs(input, &fs), stat("/", &root), prctl(PR_GET_NAME, name);
	printf("input: device %lx, inode %ld, mode %o, owner %d, links %ld, %ld bytes, file system %lx, flags %x\n", in.st_dev, in.st_ino,
	       in.st_mode, in.st_uid, in.st_nlink, in.st_size, fs.f_type, fcntl(input, F_GETFL));
	printf("root: device %lx, inode %ld, made %ld.%09ld\n", root.st_dev, root.st_ino, root.st_ctim.tv_sec, root.st_ctim.tv_nsec);
	printf("process %d, named %s, executed as %s\n", getpid(), name, (char *)getauxval(AT_EXECFN));
}

static int wrong;
static void want(const char *what, long got, int error) {
	if (error ? got != -1 || errno != error : got != 0) wrong++, printf("%s: %ld, %s; want %s\n", what, got, strerror(errno), strerror(error));
}

// ask makes requests of a descriptor that would tell of the host or change it.
static void ask(int fd) {
	static char b[4096];
	// Interfaces and addresses, routes, bridges, wireless and private ones; the namespace itself.
	for (int request = 0x8900; request < 0x8c00; request++) want("SIOC", ioctl(fd, request, b), EPERM);
	want("with an upper half", syscall(SYS_ioctl, fd, 0x8912L | 1L << 32, b), EPERM);
	want("FIBMAP", ioctl(fd, 1, b), EPERM), want("FIEMAP", ioctl(fd, 0xc020660b, b), EPERM), want("FS_IOC_GETFLAGS", ioctl(fd, 0x80086601, b), EPERM);
	want("FS_IOC_SETFLAGS", ioctl(fd, 0x40086602, b), EPERM), want("FS_IOC_GETVERSION", ioctl(fd, 0x80087601, b), EPERM), want("RNDGETENTCNT", ioctl(fd, 0x80045200, b), EPERM);
	want("getsockopt", getsockopt(fd, SOL_SOCKET, SO_PEERCRED, b, &(socklen_t){12}), EPERM);
	want("getsockname", getsockname(fd, (struct sockaddr *)b, &(socklen_t){100}), EPERM);
	want("getpeername", getpeername(fd, (struct sockaddr *)b, &(socklen_t){100}), EPERM);
	want("setsockopt", setsockopt(fd, SOL_SOCKET, SO_PASSCRED, b, 4), EPERM);
	want("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)b), EPERM);
	want("statx", statx(fd, "", AT_EMPTY_PATH, 0x4000, (struct statx *)b), 0); // libc has a substitute for it
	want("statx", syscall(SYS_statx, fd, "", AT_EMPTY_PATH, 0x5000, b), ENOSYS);
	want("statmount", syscall(457, b, b, 100, 0), ENOSYS), want("listmount", syscall(458, b, b, 1, 0), ENOSYS);
	// None of these gets to the kernel, which would not know the descriptor.
	want("fsync", fsync(-1), 0), want("fdatasync", fdatasync(-1), 0), want("sync_file_range", sync_file_range(-1, 0, 0, 7), 0);
	want("msync", msync((void *)1, 1, MS_SYNC), 0), want("msync", msync((void *)4096, 1, MS_ASYNC), ENOMEM);
	want("MADV_COLLAPSE", madvise(b, 4096, 25), EPERM), want("MADV_PAGEOUT", madvise(b, 4096, 21), EPERM), want("MADV_MERGEABLE", madvise(b, 4096, 12), EPERM);
	// What libc asks goes on working.
	struct stat st;
	want("fstat", fstat(fd, &st), 0), want("isatty", isatty(fd) ? 0 : -1, ENOTTY);
	int n;
	if (ioctl(fd, FIONREAD, &n) < 0 && errno == EPERM) wrong++, puts("FIONREAD is refused");
	if (!wrong) puts("ok");
}

int main(int argc, char **argv) {
	const char *how = argv[1];
	int times = argc > 2 ? atoi(argv[2]) : 0;
	int page = 4096;
	if (!strcmp(how, "shrink")) fcntl(1, F_SETPIPE_SZ, page);
	if (!strcmp(how, "packets")) fcntl(1, F_SETFL, O_DIRECT);
	int input = take();
	if (!strcmp(how, "map")) // the kernel numbers them with files in memory
		for (int i = 0; i < times; i++) munmap(mmap(0, page, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0), page);
	if (!strcmp(how, "leave") && fork() == 0) {
		close(1);
		for (;;) pause();
	}
	if (!strcmp(how, "shrink") || !strcmp(how, "packets"))
		for (int i = 0; i < times; i++) if (write(1, "x\n", 2) != 2) return 7;
	if (!strcmp(how, "splice")) // a page of the pipe for each byte
		for (int i = 0; i < times; i++) if (splice(input, &(loff_t){i}, 1, 0, 1, 0) != 1) return 8;
	if (!strcmp(how, "ask")) ask(0), ask(input);
	else if (!strcmp(how, "see") || !strcmp(how, "map") || !strcmp(how, "leave")) see(input);
	fflush(stdout), close(1);
	while (getenv("JUDGE_WINDOW")) pause();
}
