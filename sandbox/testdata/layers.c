// What can be done in a folder of layers, /tree: argv[1] says what.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char text[100];

static const char *read_file(const char *path) {
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (n < 0) return strerror(errno);
	close(fd);
	text[n] = 0;
	return text;
}

static void write_file(const char *path, const char *what, int flags) {
	int fd = open(path, O_WRONLY | flags, 0644);
	if (fd < 0 || write(fd, what, strlen(what)) < 0) printf("%s: %s\n", path, strerror(errno));
	if (fd >= 0) close(fd);
}

#define TRY(call) do { if (call) printf("%s: %s\n", #call, strerror(errno)); } while (0)

int main(int argc, char **argv) {
	if (!strcmp(argv[1], "show"))
		for (int i = 2; i < argc; i++) printf("%s: %s\n", argv[i], read_file(argv[i]));
	if (!strcmp(argv[1], "change")) {
		write_file("/tree/file", "changed", O_TRUNC);
		write_file("/tree/appended", "+", O_APPEND);
		write_file("/tree/new", "new", O_CREAT);
		TRY(unlink("/tree/removed"));
		TRY(rename("/tree/old", "/tree/folder/moved"));
		TRY(chmod("/tree/mode", 0600));
		TRY(mkdir("/tree/made", 0755));
		TRY(link("/tree/file", "/tree/made/link"));
		TRY(symlink("/tree/file", "/tree/made/symlink"));
		// A folder that holds a folder, both of the lower layer.
		TRY(unlink("/tree/outer/inner/leaf"));
		TRY(rmdir("/tree/outer/inner"));
		TRY(rmdir("/tree/outer"));
		TRY(mkdir("/tree/outer", 0755)); // hides what was below
	}
	return 0;
}
