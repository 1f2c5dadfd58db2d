// One side of a conversation: what it does is argv[1].
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
	const char *how = argv[1];
	char line[64];
	if (!strcmp(how, "echo"))
		for (ssize_t n; (n = read(0, line, sizeof line)) > 0;) if (write(1, line, n) != n) return 4;
	if (!strcmp(how, "ask")) {
		for (int i = 0, n = atoi(argv[2]); i < n; i++) {
			printf("%d\n", i), fflush(stdout);
			if (!fgets(line, sizeof line, stdin) || atoi(line) != i) return 2;
		}
		fprintf(stderr, "satisfied\n");
	}
	if (!strcmp(how, "flood")) for (char block[65536] = {0};;) if (write(1, block, sizeof block) < 0) return 3;
	if (!strcmp(how, "linger")) { // ends long after the other
		signal(SIGPIPE, SIG_IGN);
		while (write(1, "x", 1) == 1) {}
		usleep(300000);
	}
	if (!strcmp(how, "say")) return write(1, argv[2], strlen(argv[2])) < 0;
	if (!strcmp(how, "relay")) { // from one descriptor to another, both given
		int from = atoi(argv[2]), to = atoi(argv[3]);
		for (ssize_t n; (n = read(from, line, sizeof line)) > 0;) if (write(to, line, n) != n) return 4;
	}
	if (!strcmp(how, "manage")) // asks those at 3 and 4, 5 and 6 and so on in turn
		for (int i = 0, pairs = atoi(argv[2]); i < 300; i++)
			for (int k = 3; k < 3 + 2 * pairs; k += 2) {
				int got = -1;
				if (write(k + 1, &i, sizeof i) != sizeof i || read(k, &got, sizeof got) != sizeof got || got != i) return 2;
			}
	if (!strcmp(how, "held")) { // says which descriptors it has, and how
		for (int fd = 0; fd < 200; fd++) {
			int flags = fcntl(fd, F_GETFL);
			if (flags >= 0) dprintf(2, "%d%s%s ", fd, (flags & O_ACCMODE) == O_RDONLY ? "r" : (flags & O_ACCMODE) == O_WRONLY ? "w" : "rw", fcntl(fd, F_GETFD) ? "c" : "");
		}
	}
	static char block[65536];
	if (!strcmp(how, "swallow")) while (read(0, block, sizeof block) > 0);
	if (!strcmp(how, "silent")) pause();
	if (!strcmp(how, "attack")) {
		// Where the judge is no root, the init has the same user: the kernel
		// then says yes, and protects the init all the same.
		kill(1, 9);
		int got = kill(-1, 9) == 0;
		printf("%d\n", got), fflush(stdout);
		return got;
	}
	return 0;
}
