// tries: executes with megabytes of arguments and environment
// expect: exit 0
#include "attack.h"
int main(void) {
	static char *argv[20000], text[100000];
	memset(text, 'x', sizeof text - 1);
	for (int i = 0; i < 19999; i++) argv[i] = text;
	int fd = DONE(open("/work/x", O_CREAT | O_WRONLY, 0700));
	DONE(write(fd, "#!/work/x\n", 10));
	close(fd);
	REFUSED(execve("/work/x", argv, argv), E2BIG);
	argv[10] = NULL;
	REFUSED(execve("/work/x", argv, argv), ELOOP, E2BIG, ENOEXEC);
	return HELD;
}
