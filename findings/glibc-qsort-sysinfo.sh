#!/bin/sh
# glibc 2.36 (Debian 12): qsort asks the kernel for the machine's memory, and the
# order of equal elements depends on the answer.
#
# qsort is a stable merge sort as long as the array takes less than a quarter of
# the memory that sysinfo(2) reports. Nothing looks whether that call worked: where
# it is refused the memory counts as none, and the same program sorts in place, in
# another way, with equal elements in another order.
#
# Output seen:
#   sysinfo as it is: 100000 elements, 0 pairs of equal keys turned round
#   sysinfo refused:  100000 elements, 49869 pairs of equal keys turned round
#
# Why a contest judge cares: a seccomp filter that refuses sysinfo "because no
# program needs it" changes answers and times of right programs, and what passes
# on the contestant's machine may fail in the sandbox.
set -eu
command -v gcc >/dev/null || { echo "this script compiles 20 lines of C: install gcc" >&2; exit 2; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
chmod 755 "$dir"
cd "$dir"
for package in libc6=2.36-9+deb12u14 strace=6.1-0.1 libunwind8=1.6.2-3 liblzma5=5.4.1-1; do
	apt-get download -q "$package" >apt.log 2>&1 || { cat apt.log; exit 2; }
done
for package in *.deb; do dpkg-deb -x "$package" root; done
libs="$dir/root/lib/x86_64-linux-gnu:$dir/root/usr/lib/x86_64-linux-gnu"
run() { "$dir/root/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" --library-path "$libs" "$@"; }

cat >sort.c <<'END'
#include <stdio.h>
#include <stdlib.h>

struct row { int key, place; } rows[100000];

static int by_key(const void *a, const void *b)
{
	return ((const struct row *)a)->key - ((const struct row *)b)->key;
}

int main(void)
{
	int n = sizeof rows / sizeof *rows, turned = 0;
	for (int i = 0; i < n; i++)
		rows[i] = (struct row){i * 7 % 10, i};
	qsort(rows, n, sizeof *rows, by_key);
	for (int i = 1; i < n; i++)
		turned += rows[i].key == rows[i - 1].key && rows[i].place < rows[i - 1].place;
	printf("%d elements, %d pairs of equal keys turned round\n", n, turned);
}
END
gcc -O1 -o sort sort.c
as_it_is=$(run ./sort)
refused=$(run root/usr/bin/strace -o calls -e trace=sysinfo -e inject=sysinfo:error=EPERM \
	root/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 --library-path "$libs" ./sort)
echo "sysinfo as it is: $as_it_is"
echo "sysinfo refused:  $refused"
case $as_it_is in *", 0 pairs"*) stable=yes ;; *) stable=no ;; esac
case $refused in *", 0 pairs"*) turned=no ;; *) turned=yes ;; esac
if [ $stable$turned != yesyes ] || ! grep -q 'sysinfo(.*INJECTED' calls; then
	echo "CHANGED: this is not what was found"
	exit 1
fi
