// tries: nothing: it is the ordinary program that runs after every attack
// expect: exit 0
// limits: memory=8M processes=2 output=64K
#include "attack.h"
#include <dirent.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>

// All that it finds is printed, and compared with what it found before.

static void list(const char *path) {
	DIR *d = opendir(path);
	printf("%s:", path);
	for (struct dirent *e; d && (e = readdir(d));) printf(" %s", e->d_name);
	puts("");
	if (d) closedir(d);
}

int main(void) {
	list("/");
	list("/work");
	list("/given");
	struct stat st;
	stat("/work", &st);
	printf("/work: mode %o, owner %d %d, links %ld, inode %ld\n", st.st_mode, st.st_uid, st.st_gid, (long)st.st_nlink, (long)st.st_ino);
	struct statvfs fs;
	statvfs("/work", &fs);
	printf("/work: %ld of %ld blocks, %ld of %ld inodes free\n", (long)fs.f_bfree, (long)fs.f_blocks, (long)fs.f_ffree, (long)fs.f_files);
	if (stat("/tree", &st) == 0) { // of containers with layers
		list("/tree"), list("/tree/folder");
		statvfs("/tree", &fs);
		printf("/tree: mode %o, owner %d %d; %ld of %ld blocks, %ld of %ld inodes free\n", st.st_mode, st.st_uid, st.st_gid, (long)fs.f_bfree, (long)fs.f_blocks, (long)fs.f_ffree, (long)fs.f_files);
		show(open("/tree/file", O_RDONLY)), show(open("/tree/private", O_RDONLY)), show(open("/tree/folder/leaf", O_RDONLY));
	}
	char cwd[256];
	printf("in %s, umask %o\n", getcwd(cwd, sizeof cwd), umask(0));
	printf("process %d, parent %d, group %d, session %d, thread %ld\n", getpid(), getppid(), getpgid(0), getsid(0), syscall(SYS_gettid));
	printf("user %d %d, group %d %d, %d groups\n", getuid(), geteuid(), getgid(), getegid(), getgroups(0, NULL));
	for (int fd = 0; fd < 3; fd++) // what a description carries from process to process
		printf("descriptor %d: flags %x, owner %d, signal %d, offset %ld\n", fd, fcntl(fd, F_GETFL), fcntl(fd, F_GETOWN), fcntl(fd, F_GETSIG), (long)lseek(fd, 0, SEEK_CUR));
	if (fstat(0, &st) == 0 && S_ISREG(st.st_mode)) printf("input: inode %ld, mode %o, owner %d, %ld bytes\n", (long)st.st_ino, st.st_mode, st.st_uid, (long)st.st_size);
	printf("executed as %s\n", (char *)getauxval(AT_EXECFN));
	for (int fd = 3; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) != -1) printf("descriptor %d is open\n", fd);
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit l;
		getrlimit(i, &l);
		printf("limit %d: %lx %lx\n", i, (long)l.rlim_cur, (long)l.rlim_max);
	}
	sigset_t set;
	sigprocmask(0, NULL, &set);
	printf("blocked:");
	for (int s = 1; s < 65; s++)
		if (sigismember(&set, s) == 1) printf(" %d", s);
	sigpending(&set);
	printf("; pending:");
	for (int s = 1; s < 65; s++)
		if (sigismember(&set, s) == 1) printf(" %d", s);
	printf("; not default:");
	for (int s = 1; s < 65; s++) {
		struct sigaction act;
		if (sigaction(s, NULL, &act) == 0 && act.sa_handler != SIG_DFL) printf(" %d", s);
	}
	puts("");
	for (int i = 0; i < 3; i++) {
		struct itimerval t;
		getitimer(i, &t);
		if (t.it_value.tv_sec || t.it_value.tv_usec) printf("timer %d runs\n", i);
	}
	int death = -1, reaper = -1;
	char name[17] = "";
	prctl(PR_GET_PDEATHSIG, &death);
	prctl(PR_GET_CHILD_SUBREAPER, &reaper);
	prctl(PR_GET_NAME, name);
	printf("named %s, death signal %d, reaper %d, seccomp %d, dumpable %d, keeps capabilities %d, slack %d, bits %d\n", name, death, reaper,
	       prctl(PR_GET_SECCOMP), prctl(PR_GET_DUMPABLE), prctl(PR_GET_KEEPCAPS), prctl(PR_GET_TIMERSLACK), prctl(PR_GET_SECUREBITS));
	printf("policy %d, nice %d, CPUs", sched_getscheduler(0), getpriority(PRIO_PROCESS, 0));
	cpu_set_t cpus;
	sched_getaffinity(0, sizeof cpus, &cpus);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &cpus)) printf(" %d", i);
	puts("");
	struct utsname u;
	uname(&u);
	printf("host %s, domain %s\n", u.nodename, u.domainname);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) _exit(0);
	printf("child %d\n", child);
	waitpid(child, NULL, 0);
	return 0;
}
