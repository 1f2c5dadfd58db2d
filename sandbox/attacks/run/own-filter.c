// tries: replaces the system call filter by one that allows everything
// expect: exit 0
#include "attack.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
int main(void) {
	struct sock_filter all[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_fprog program = {1, all};
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
	REFUSED(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program), EPERM);
	REFUSED(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT), EINVAL);
	REFUSED(syscall(SYS_socket, 2, 1, 0), EPERM);
	REFUSED(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL);
	return HELD;
}
