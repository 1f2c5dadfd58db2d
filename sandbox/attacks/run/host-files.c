// tries: reads the answers, the host's files and /proc, by name
// expect: exit 0
#include "attack.h"
int main(void) {
	const char *all[] = {canary("FILE"), canary("POSIX"), canary("SOCKET"), "/etc/passwd", "/etc/shadow", "/etc/hostname", "/etc/resolv.conf", "/proc", "/proc/self/environ",
	                     "/proc/1/environ", "/proc/1/root", "/proc/mounts", "/proc/self/maps", "/proc/self/fd/0", "/proc/keys", "/proc/sysrq-trigger", "/sys/kernel", "/sys/fs/cgroup", "/dev/mem",
	                     "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/fuse", "/dev/kvm", "/dev/net/tun", "/dev/shm", "/dev/pts", "/dev/fd/0", "/home", "/root", "/tmp", "/var", "/usr", "/lib", "/bin", "/run", "/boot"};
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
		struct stat st;
		char up[1024];
		int fd = open(all[i], O_RDONLY);
		if (fd >= 0) { show(fd); escaped("opened %s", all[i]); }
		REFUSED(open(all[i], O_PATH), ENOENT);
		REFUSED(stat(all[i], &st), ENOENT);
		REFUSED(access(all[i], F_OK), ENOENT);
		snprintf(up, sizeof up, "/work/../given/../../../../..%s", all[i]);
		REFUSED(open(up, O_RDONLY), ENOENT);
	}
	return HELD;
}
