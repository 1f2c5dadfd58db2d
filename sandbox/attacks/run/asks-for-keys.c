// tries: asks for keys and keyrings of every type
// expect: exit 0
#include "attack.h"
int main(void) {
	const char *types[] = {"user", "keyring", "logon", "big_key", "asymmetric", "encrypted", "trusted", "rxrpc", "rxrpc_s", "dns_resolver",
		"ceph", "cifs.spnego", "id_resolver", ".request_key_auth", "blacklist", "pkcs7_test"};
	for (unsigned i = 0; i < sizeof types / sizeof *types; i++)
		for (long ring = -8; ring < 1; ring++) {
			REFUSED(syscall(SYS_add_key, types[i], "attack", "x", 1, ring), EPERM);
			REFUSED(syscall(SYS_request_key, types[i], "attack", "x", ring), EPERM);
		}
	for (int command = 0; command < 40; command++) {
		REFUSED(syscall(SYS_keyctl, command, -3, 1, 0, 0), EPERM);
		REFUSED(syscall(SYS_keyctl, command, 0, 0, 0, 0), EPERM);
	}
	REFUSED(open("/proc/keys", O_RDONLY), ENOENT);
	REFUSED(open("/proc/key-users", O_RDONLY), ENOENT);
	return HELD;
}
