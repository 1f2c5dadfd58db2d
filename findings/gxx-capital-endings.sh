#!/bin/sh
# g++ 12.2.0 (Debian 12): main.CXX, main.CC and main.C++ compile to nothing, with exit
# status 0. main.C and main.CPP are C++, and clang++ 14 takes all five.
#
# An ending that the driver does not know makes a file an input of the linker. Where
# nothing is linked (-S, -c, -fsyntax-only) that is a warning, so that whoever goes by the
# exit status has a program that compiled, and no file. Where something is linked, the linker
# reads the source as a script of its own and says that it has a syntax error. The ending
# in small letters, .cxx, .cc or .c++, is C++ for both.
#
# Output seen:
#   ending  g++                   clang++
#   .C      0, assembly           0, assembly
#   .CPP    0, assembly           0, assembly
#   .CC     0, no assembly        0, assembly
#   .CXX    0, no assembly        0, assembly
#   .C++    0, no assembly        0, assembly
#   .Cpp    0, no assembly        0, no assembly
#
# Why a contest judge cares: package formats list the endings of C++ as .cc, .cpp, .cxx, .c++ and
# .C. A judge that is kind to systems which do not tell capitals apart compares them in small
# letters: then one of two compilers of the same contest takes the file, and with the other a
# step that goes by the exit status has compiled nothing.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
chmod 755 "$dir"
cd "$dir"
for package in g++-12=12.2.0-14+deb12u1 libisl23=0.25-1.1 libmpc3=1.3.1-1 libmpfr6=4.2.0-1 libgmp10=2:6.2.1+dfsg1-1.1 \
	clang-14=1:14.0.6-12 libclang-cpp14=1:14.0.6-12 libllvm14=1:14.0.6-12; do
	apt-get download -q "$package" >apt.log 2>&1 || { cat apt.log; exit 2; }
done
for package in *.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH="$dir/root/usr/lib/x86_64-linux-gnu:$dir/root/usr/lib/llvm-14/lib"
export LD_LIBRARY_PATH

# outcome COMPILER FILE: exit status, and whether there is what was asked for
outcome() {
	rm -f out.s
	status=0
	"$1" -S -o out.s "$2" >said 2>&1 || status=$?
	if [ -s out.s ]; then echo "$status, assembly"; else echo "$status, no assembly"; fi
}

{
	echo "ending  g++                   clang++"
	for ending in .C .CPP .CC .CXX .C++ .Cpp; do
		echo 'int main() {}' >"main$ending"
		printf '%-7s %-21s %s\n' "$ending" "$(outcome root/usr/bin/x86_64-linux-gnu-g++-12 "main$ending")" \
			"$(outcome root/usr/lib/llvm-14/bin/clang++ "main$ending")"
	done
} | tee got
cat >want <<'END'
ending  g++                   clang++
.C      0, assembly           0, assembly
.CPP    0, assembly           0, assembly
.CC     0, no assembly        0, assembly
.CXX    0, no assembly        0, assembly
.C++    0, no assembly        0, assembly
.Cpp    0, no assembly        0, no assembly
END
diff want got
