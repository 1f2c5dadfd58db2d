// One program with many behaviours, chosen by the first argument. Those that
// examine the sandbox print "ok" or what they found wrong.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static int ok(void) { return puts("ok") < 0; }

static int want(const char *what, long got, int error) {
	if (got == -1 && errno == error) return 0;
	printf("%s: %ld, %s; want %s\n", what, got, got == -1 ? strerror(errno) : "success", strerror(error));
	return 1;
}

// ends

static int do_exit(char **a) { return atoi(a[0]); }
static int do_abort(char **a) { abort(); }
static int do_segv(char **a) { raise(SIGSEGV); *(volatile int *)8 = 1; return 0; }

static volatile char sink;
static __attribute__((noinline)) int deeper(long frames) {
	volatile char frame[4096];
	frame[frames & 4095] = 1;
	if (frames == 0) return 0;
	return deeper(frames - 1) + frame[frames & 4095];
}
static int do_overflow(char **a) { return deeper(-1) & 1; }
static int do_recurse(char **a) { // about 200 MiB of stack
	deeper(200L * 256);
	return ok();
}

// time

static int do_spin(char **a) { for (;;) sink++; }
static int do_sleep(char **a) { for (;;) pause(); }
static int do_stop(char **a) { raise(SIGSTOP); return ok(); }
static void nothing(int sig) {}
static int do_stubborn(char **a) {
	for (int sig = 1; sig < 65; sig++) signal(sig, nothing);
	for (;;) sink++;
}
static int do_spinthreads(char **a);

// An orphan burns CPU time that no wait ever reports.
static int do_orphan(char **a) {
	if (fork() == 0) {
		if (fork() == 0) for (;;) sink++;
		_exit(0);
	}
	wait(NULL);
	for (;;) pause();
}

// processes

static int do_forkbomb(char **a) {
	for (;;) { signal(SIGTERM, SIG_IGN); if (fork() == 0) setsid(); }
}
static int do_daemon(char **a) {
	int p[2];
	char c;
	pipe(p);
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			for (int fd = 0; fd < 3; fd++) close(fd);
			write(p[1], "x", 1);
			for (;;) pause();
		}
		_exit(0);
	}
	wait(NULL);
	read(p[0], &c, 1);
	return ok();
}
static int do_child(char **a) { // lives on in the session of its parent
	if (fork() == 0) for (;;) pause();
	return ok();
}
static int do_children(char **a) { // as many as allowed, all waited for
	int made = 0;
	int p[2];
	char c;
	pipe(p);
	for (; made < 1000; made++) {
		pid_t pid = fork();
		if (pid < 0) break;
		if (pid == 0) { close(p[1]); read(p[0], &c, 1); _exit(0); }
	}
	close(p[1]);
	while (wait(NULL) > 0) {}
	printf("%d\n", made + 1);
	return 0;
}
static pthread_barrier_t barrier;
static void *meet(void *p) { pthread_barrier_wait(&barrier); return NULL; }
static int do_threads(char **a) {
	int n = atoi(a[0]);
	pthread_t t[64];
	pthread_barrier_init(&barrier, NULL, n + 1);
	for (int i = 0; i < n; i++) {
		int err = pthread_create(&t[i], NULL, meet, NULL);
		if (err) return printf("thread %d: %s\n", i, strerror(err)) < 0;
	}
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < n; i++) pthread_join(t[i], NULL);
	return ok();
}
static void *spin(void *p) { for (;;) sink++; }
static int do_spinthreads(char **a) {
	pthread_t t;
	for (int i = 0; i < 4; i++) pthread_create(&t, NULL, spin, NULL);
	pause();
	return 0;
}

// memory

static int do_memory(char **a) {
	size_t n = (size_t)atol(a[0]) << 20;
	char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED) return want("mmap", -1, 0);
	for (size_t i = 0; i < n; i += 4096) p[i] = 1;
	return ok();
}
static int do_pagetables(char **a) {
	for (size_t base = 0;; base++) {
		char *p = mmap(NULL, 1UL << 40, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (p == MAP_FAILED) return 1;
		for (size_t i = 0; i < 1UL << 40; i += 2 << 20) sink += p[i];
	}
}
static int do_reserve(char **a) { // much address space, little memory
	void *p = mmap(NULL, 64UL << 40, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED) return want("mmap", -1, 0);
	return ok();
}
static int do_pipes(char **a) { // kernel memory
	static char block[1 << 20];
	for (int i = 0; i < 200; i++) {
		int p[2];
		if (pipe2(p, O_NONBLOCK) < 0) return want("pipe", -1, 0);
		fcntl(p[1], F_SETPIPE_SZ, 1 << 20);
		while (write(p[1], block, sizeof block) > 0) {}
	}
	return ok();
}
static int do_childmemory(char **a) { // the child is killed, the parent is not
	pid_t pid = fork();
	if (pid == 0) { do_memory(a); _exit(0); }
	waitpid(pid, NULL, 0);
	return ok();
}

// output and input

static int do_flood(char **a) {
	static char block[65536];
	for (;;) if (write(atoi(a[0]), block, sizeof block) < 0) return 1;
}
static int do_write(char **a) { // fd, number of bytes
	long n = atol(a[1]);
	static char block[65536];
	memset(block, 'x', sizeof block);
	while (n > 0) {
		long k = write(atoi(a[0]), block, n < (long)sizeof block ? n : (long)sizeof block);
		if (k < 0) return 1;
		n -= k;
	}
	return 0;
}
static int do_closeall(char **a) { for (int fd = 0; fd < 3; fd++) close(fd); _exit(0); }
static int do_cat(char **a) {
	int c;
	while ((c = getchar()) != EOF) putchar(c);
	return 0;
}
static int do_stdinwrite(char **a) {
	return want("write to stdin", write(0, "x", 1), EBADF) || want("read stdout", read(1, &sink, 1), EBADF) || ok();
}
static int do_args(char **a) {
	for (; *a; a++) puts(*a);
	for (char **e = environ; *e; e++) puts(*e);
	return 0;
}

// what is there

static int do_descriptors(char **a) {
	struct rlimit unlimited;
	getrlimit(RLIMIT_NOFILE, &unlimited);
	for (int fd = 3; fd < 20000; fd++)
		if (fcntl(fd, F_GETFD) != -1) return printf("descriptor %d is open\n", fd) < 0;
	return ok();
}
static int do_files(char **a) {
	const char *absent[] = {"/proc", "/etc", "/etc/passwd", "/sys", "/tmp", "/home", "/root", "/usr", "/bin", "/var", "/proc/self/fd/0"};
	for (unsigned i = 0; i < sizeof absent / sizeof *absent; i++)
		if (want(absent[i], open(absent[i], O_RDONLY), ENOENT)) return 1;
	DIR *d = opendir("/");
	for (struct dirent *e; (e = readdir(d));)
		if (e->d_name[0] != '.' && strcmp(e->d_name, a[0])) return printf("there is /%s\n", e->d_name) < 0;
	return ok();
}
static int do_readonly(char **a) {
	return want("create", open("/x", O_CREAT | O_WRONLY, 0600), EROFS) || want("mkdir", mkdir("/x", 0700), EROFS) ||
	       want("chmod", chmod("/", 0777), EROFS) || ok();
}
static int do_identity(char **a) {
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2];
	syscall(SYS_capget, &h, d);
	gid_t groups[8];
	if (getpid() != 2) return printf("pid %d\n", getpid()) < 0;
	if (getppid() != 0) return printf("ppid %d\n", getppid()) < 0;
	if (getuid() != 1000 || geteuid() != 1000 || getgid() != 1000) return printf("uid %d gid %d\n", getuid(), getgid()) < 0;
	if (d[0].effective | d[0].permitted | d[0].inheritable | d[1].effective | d[1].permitted) return puts("capabilities");
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return puts("new privileges");
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 2) return puts("no filter");
	if (getsid(0) != getpid()) return puts("session");
	sigset_t set;
	sigprocmask(0, NULL, &set);
	for (int s = 1; s < 65; s++) {
		struct sigaction act;
		if (sigismember(&set, s) == 1) return printf("signal %d blocked\n", s) < 0;
		if (sigaction(s, NULL, &act) == 0 && act.sa_handler != SIG_DFL) return printf("signal %d not default\n", s) < 0;
	}
	return ok();
}
static int do_signals(char **a) {
	if (want("kill all", kill(-1, SIGKILL), ESRCH)) return 1;
	if (kill(1, SIGKILL) == 0) sink = 1; // allowed where the init has the same user, without effect
	if (want("kill parent", kill(getpid() + 1, SIGKILL), ESRCH)) return 1;
	return ok();
}
static int do_limits(char **a) {
	struct rlimit l = {RLIM_INFINITY, RLIM_INFINITY};
	int which[] = {RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_NOFILE, RLIMIT_NPROC};
	for (unsigned i = 0; i < sizeof which / sizeof *which; i++)
		if (want("raise limit", setrlimit(which[i], &l), EPERM)) return 1;
	return ok();
}
static int child(void *p) { return 0; }
static int do_denied(char **a) {
	static char stack[65536];
	char args[128] = {0};
	struct { const char *name; long nr; long args[6]; int error; } calls[] = {
#define D(name, ...) {#name, SYS_##name, {__VA_ARGS__}, EPERM}
		D(socket, 1, 1), D(socket, 2, 1), D(socket, 16, 3), D(socket, 40, 1), D(socketpair, 1, 1, 0, (long)args),
		D(ptrace, 0), D(process_vm_readv, 1), D(process_vm_writev, 1), D(pidfd_getfd, 0), D(pidfd_open, 2, 0), D(kcmp, 1, 1),
		D(unshare, CLONE_NEWUSER), D(unshare, CLONE_NEWNS), D(setns, 0, CLONE_NEWUSER), D(setns, 0, 0),
		D(mount, (long)"tmpfs", (long)"/work", (long)"tmpfs", 0), D(umount2, (long)"/work", MNT_DETACH), D(umount2, (long)"/", 0),
		D(pivot_root, (long)".", (long)"."), D(chroot, (long)"/"), D(open_tree, -100, (long)"/", 1), D(fsopen, (long)"tmpfs"),
		D(fsmount, 0), D(move_mount, 0), D(mount_setattr, 0), D(open_by_handle_at, 0), D(name_to_handle_at, -100),
		D(bpf, 0), D(perf_event_open, 0), D(userfaultfd, 0), D(io_uring_setup, 1, (long)args), D(io_uring_enter, 0), D(io_uring_register, 0),
		D(keyctl, 0), D(add_key, 0), D(request_key, 0), D(shmget, 0, 4096, 01600), D(semget, 0, 1, 01600), D(msgget, 0, 01600),
		D(mq_open, (long)"q", 0102, 0600), D(memfd_create, (long)"m", 0), D(flock, 1, 1), D(inotify_init1, 0), D(fanotify_init, 0),
		D(sched_setaffinity, 0, 8, (long)args), D(sched_setscheduler, 0, 0, (long)args), D(sched_setattr, 0, (long)args), D(setpriority, 0, 0, 0),
		D(quotactl, 0), D(kexec_load, 0), D(init_module, 0), D(reboot, 0), D(swapon, (long)"/x"), D(settimeofday, 0), D(clock_settime, 0),
		D(mlock, (long)stack, 4096), D(mlockall, 1), D(mknodat, -100, (long)"/work/f", S_IFIFO | 0600), D(personality, 0), D(seccomp, 0),
		D(mmap, 0, 2 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0), D(sync), D(fadvise64, 0, 0, 0, 4), D(membarrier, 0), D(sethostname, (long)"x", 1), D(landlock_create_ruleset, 0),
		D(clone, CLONE_NEWUSER | SIGCHLD), D(clone, CLONE_NEWNS | SIGCHLD), D(clone, CLONE_NEWPID | SIGCHLD), D(clone, CLONE_NEWNET | SIGCHLD),
		D(clone, CLONE_PARENT | SIGCHLD), D(clone, CLONE_PIDFD | SIGCHLD),
		D(utimensat, 0, 0, 0, 0), D(utimensat, 0, (long)"", 0, AT_EMPTY_PATH), D(fchmod, 0, 0600), D(fchown, 0, 1, 1), D(fchownat, 0, (long)"", 1, 1, AT_EMPTY_PATH),
		D(fsetxattr, 0, (long)"user.x", (long)args, 1, 0),
		{"clone3", 435, {(long)args, 88}, ENOSYS}, {"clone3", 435, {(long)args, 128}, ENOSYS}, {"future call", 600, {0}, ENOSYS}, {"statmount", 457, {0}, ENOSYS}, {"listmount", 458, {0}, ENOSYS},
		{"fchmodat2", 452, {0, (long)"", 0600, AT_EMPTY_PATH}, EPERM},
		{"setuid", SYS_setuid, {0}, EPERM}, {"setgroups", SYS_setgroups, {1, (long)args}, EPERM}, {"chown", SYS_fchownat, {-100, (long)"/", 1, 1, 0}, EPERM},
	};
	int wrong = 0;
	for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
		long *v = calls[i].args;
		long got = syscall(calls[i].nr, v[0], v[1], v[2], v[3], v[4], v[5]);
		if (got == 0 && calls[i].nr == SYS_clone) { wrong++; if (getppid() == 0) _exit(0); }
		// Users that are not mapped do not even exist.
		if (calls[i].nr == SYS_setuid && got == -1 && errno == EINVAL) continue;
		if (calls[i].nr == SYS_fchownat && got == -1 && errno == EROFS) continue;
		wrong += want(calls[i].name, got, calls[i].error);
	}
	return wrong ? 1 : ok();
}
static int do_lastchild(char **a) { // prints the number of the last of so many
	pid_t pid = 0;
	for (int i = 0; i < atoi(a[0]); i++) {
		if ((pid = fork()) == 0) _exit(0);
		waitpid(pid, NULL, 0);
	}
	printf("%d\n", pid);
	return 0;
}
static int do_zombies(char **a) { // leaves so many dead children that nobody waited for
	siginfo_t dead;
	for (int i = 0; i < atoi(a[0]); i++) {
		pid_t pid = fork();
		if (pid == 0) _exit(0);
		waitid(P_PID, pid, &dead, WEXITED | WNOWAIT);
	}
	return 0;
}
static int do_pipe(char **a) {
	int fds[2];
	return want("pipe", pipe(fds), EPERM) || want("pipe2", pipe2(fds, 0), EPERM) ? 1 : ok();
}
static int do_heir(char **a) { // works for so many milliseconds when the parent is gone
	if (fork() > 0) _exit(0);
	for (struct timespec t = {0}; t.tv_sec * 1000 + t.tv_nsec / 1000000 < atoi(a[0]);) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return ok();
}
static int do_marks(char **a) { // leaves something on its input for later runs
	int fd = dup(0), flags = 0x40 /* FS_NODUMP_FL */;
	uint64_t hint = 5;
	return want("fchmod", fchmod(fd, 0), EPERM) || want("fchown", fchown(fd, -1, -1), EPERM) ||
		want("fsetxattr", fsetxattr(fd, "user.a", "x", 1, 0), EPERM) || want("fremovexattr", fremovexattr(fd, "user.a"), EPERM) ||
		want("utimensat", syscall(SYS_utimensat, fd, 0, 0, 0), EPERM) || want("FS_IOC_SETFLAGS", ioctl(fd, 0x40086602, &flags), EPERM) ||
		want("F_SET_RW_HINT", fcntl(fd, F_SET_RW_HINT, &hint), EPERM) || want("F_SET_FILE_RW_HINT", fcntl(fd, F_SET_FILE_RW_HINT, &hint), EPERM) ||
		want("shutdown", shutdown(fd, SHUT_RD), EPERM) || want("getsockopt", getsockopt(fd, SOL_SOCKET, 57 /* SO_COOKIE */, &hint, &(socklen_t){8}), EPERM)
		? 1 : ok();
}
static int do_int80(char **a) {
#ifdef __x86_64__
	long r;
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(20 /* getpid */) : "memory");
	printf("32-bit getpid: %ld\n", r);
#else
	raise(SIGSYS);
#endif
	return 0;
}
static int do_x32(char **a) {
#ifdef __x86_64__
	printf("x32 getpid: %ld\n", syscall(0x40000000 | 39));
#else
	raise(SIGSYS);
#endif
	return 0;
}

// the work folder

static int do_leave(char **a) { // leaves traces of every kind that is possible
	int fd = open("left", O_CREAT | O_WRONLY, 0600);
	if (fd < 0 || mkdir("folder", 0700) || chmod(".", 0711)) return want("leave", -1, 0);
	write(fd, "x", 1);
	return ok();
}
static int do_look(char **a) {
	DIR *d = opendir(".");
	struct stat st;
	if (!d) return want("opendir", -1, 0);
	for (struct dirent *e; (e = readdir(d));)
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) return printf("found %s\n", e->d_name) < 0;
	stat(".", &st);
	if ((st.st_mode & 0777) != 0700) return printf("mode %o\n", st.st_mode) < 0;
	return ok();
}
static int do_fill(char **a) {
	static char block[65536];
	int fd = open("big", O_CREAT | O_WRONLY, 0600);
	long n, total = 0;
	while ((n = write(fd, block, sizeof block)) > 0) total += n;
	if (want("write", n, ENOSPC)) return 1;
	printf("%ld\n", total);
	return 0;
}
static int do_inodes(char **a) {
	char name[32];
	int n = 0, fd;
	for (;; n++) {
		sprintf(name, "f%d", n);
		if ((fd = open(name, O_CREAT | O_WRONLY, 0600)) < 0) break;
		close(fd);
	}
	if (want("create", -1, ENOSPC)) return 1;
	printf("%d\n", n);
	return 0;
}
static int do_traps(char **a) { // names where the judge expects a file
	if (symlink("/etc/passwd", "link") || symlink("../../../etc/passwd", "up") || symlink("/work", "self") || mkdir("dir", 0700)) return want("trap", -1, 0);
	if (want("fifo", mkfifo("fifo", 0600), EPERM) || want("device", mknod("null", S_IFCHR | 0600, 0x103), EPERM)) return 1;
	if (want("open link", open("self/x", O_CREAT | O_WRONLY, 0600), ELOOP)) return 1;
	int fd = open("secret", O_CREAT | O_WRONLY, 0600);
	write(fd, "data", 4);
	fchmod(fd, 0);
	return ok();
}
static int do_names(char **a) { // names that a collector could stumble over
	char longest[256];
	memset(longest, 'n', 255);
	longest[255] = 0;
	const char *names[] = {"new\nline", "a:b,c=d", "-rf", " ", "\xff\xfe", "..x", "~", "\033[31mred", longest};
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		int fd = open(names[i], O_CREAT | O_WRONLY, 0600);
		if (fd < 0 || write(fd, "x", 1) != 1) return want(names[i], -1, 0);
	}
	if (link("-rf", "hard") || mkdir("closed", 0) || truncate("~", 1 << 20)) return want("hard", -1, 0);
	for (int i = 0; i < 1000; i++) if (mkdir("d", 0700) || chdir("d")) return want("deep", -1, 0);
	return ok();
}
static int do_fsize(char **a) {
	int fd = open("big", O_CREAT | O_WRONLY, 0600);
	static char block[65536];
	for (;;) if (write(fd, block, sizeof block) <= 0) return 1;
}
static int do_devices(char **a) {
	char c = 1;
	int fd = open("/dev/zero", O_RDONLY);
	if (fd < 0 || read(fd, &c, 1) != 1 || c != 0) return want("/dev/zero", -1, 0);
	fd = open("/dev/null", O_WRONLY);
	if (fd < 0 || write(fd, &c, 1) != 1) return want("/dev/null", -1, 0);
	if (open("/dev/urandom", O_RDONLY) < 0) return want("/dev/urandom", -1, 0);
	if (want("/dev/full", write(open("/dev/full", O_WRONLY), &c, 1), ENOSPC)) return 1;
	if (want("/dev/tty", open("/dev/tty", O_RDWR), ENOENT)) return 1;
	return ok();
}
static int do_affinity(char **a) {
	cpu_set_t set;
	sched_getaffinity(0, sizeof set, &set);
	for (int i = 0; i < CPU_SETSIZE; i++) if (CPU_ISSET(i, &set)) printf("%d ", i);
	return 0;
}

static int do_oomthen(char **a);
static int do_raise(char **a) { raise(atoi(a[0])); return 0; }

static struct { const char *name; int (*run)(char **); } behaviours[] = {
#define B(name) {#name, do_##name}
	B(exit), B(abort), B(segv), B(overflow), B(recurse), B(spin), B(sleep), B(stop), B(stubborn), B(spinthreads), B(orphan),
	B(forkbomb), B(daemon), B(child), B(children), B(threads), B(memory), B(pagetables), B(reserve), B(pipes), B(childmemory),
	B(flood), B(write), B(closeall), B(cat), B(stdinwrite), B(args), B(descriptors), B(files), B(readonly), B(identity), B(signals),
	B(oomthen), B(raise), B(limits), B(denied), B(lastchild), B(zombies), B(pipe), B(marks), B(heir), B(int80), B(x32), B(leave), B(look), B(fill), B(inodes), B(traps), B(names), B(fsize), B(devices), B(affinity),
};

static int behave(char **a) {
	for (unsigned i = 0; i < sizeof behaviours / sizeof *behaviours; i++)
		if (*a && !strcmp(*a, behaviours[i].name)) return behaviours[i].run(a + 1);
	puts("no such behaviour");
	return 99;
}
static int do_oomthen(char **a) { // a child runs out of memory, and then something else happens
	char *much[] = {"128"};
	pid_t pid = fork();
	if (pid == 0) { do_memory(much); _exit(0); }
	waitpid(pid, NULL, 0);
	return behave(a);
}

int main(int argc, char **argv) { return behave(argv + 1); }
