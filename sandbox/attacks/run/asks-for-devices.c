// tries: opens devices of the host, and asks its own descriptors as one
// expect: exit 0
#include "attack.h"
#include <sys/ioctl.h>
int main(void) {
	const char *names[] = {"kvm", "mem", "kmem", "port", "kmsg", "fuse", "net/tun", "vhost-net", "vhost-vsock", "vsock", "userfaultfd", "ptmx", "pts/0",
		"tty", "console", "loop-control", "loop0", "sda", "vda", "nvme0n1", "mapper/control", "dri/card0", "dri/renderD128", "snd/timer", "rtc0",
		"hpet", "uinput", "uhid", "ppp", "rfkill", "udmabuf", "dma_heap/system", "binder", "infiniband/rdma_cm", "sgx_enclave", "cpu/0/msr", "tpm0",
		"watchdog", "autofs", "btrfs-control", "cuse", "hwrng", "random", "shm", "mqueue"};
	char path[64];
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "/dev/%s", names[i]);
		REFUSED(open(path, O_RDONLY | O_NONBLOCK), ENOENT);
		REFUSED(mknod("/work/device", S_IFCHR | 0600, 0x100 + i), EPERM);
	}
	static char b[4096];
	int given[] = {0, 1, 2, DONE(open("/dev/null", O_RDWR)), DONE(open("/dev/zero", O_RDWR)), DONE(open("/dev/urandom", O_RDONLY)), DONE(open("/given", O_RDONLY)), DONE(open(".", O_RDONLY))};
	for (unsigned i = 0; i < sizeof given / sizeof *given; i++)
		for (int kind = 0; kind < 256; kind++) // KVM's 0xae, of block devices 0x12, of the entropy pool 0x52
			for (int number = 0; number < 32 && kind != 0x54; number++) {
				REFUSED(ioctl(given[i], kind << 8 | number, b), EPERM);
				REFUSED(ioctl(given[i], 0x80000000u | 8 << 16 | kind << 8 | number, b), EPERM);
			}
	return HELD;
}
