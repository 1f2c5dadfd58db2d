// tries: asks the compiler which files there are
// expect: exit 0
#include <cstdio>
int main() {
#if __has_include("/etc/passwd") || __has_include("/etc/shadow") || __has_include("@file@") || __has_include("/proc/self/environ") || __has_include("/tmp") || __has_include("/root/.bashrc")
	puts("ESCAPED: a file of the host is there");
#endif
}
