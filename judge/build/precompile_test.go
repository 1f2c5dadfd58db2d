package build

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"contest/judge"
	"contest/sandbox"
)

// sharedHeaders is a cache for all tests of this run, and sharedTool the judge
// that uses it: a header takes seconds to make.
var (
	sharedHeaders string
	sharedTool    Toolchain
)

// detected are the compilers of this machine, which are asked once.
var detected = sync.OnceValue(Detect)

func precompiling(t testing.TB) Toolchain {
	t.Helper()
	if sharedTool.headers == nil {
		sharedTool = precompilingIn(t, sharedHeaders)
	}
	return sharedTool
}

// patiently compiles where only the result matters, however busy the machine.
func patiently(t *testing.T, tool Toolchain, src Source) Result {
	t.Helper()
	res, err := Compile(t.Context(), tool, src, JuryLimits)
	if err != nil {
		t.Fatal(err)
	}
	if res.Program != nil {
		t.Cleanup(func() { res.Program.Close() })
	}
	return res
}

func precompilingIn(t testing.TB, dir string) Toolchain {
	t.Helper()
	logger := slog.New(slog.NewTextHandler(io.Discard, nil))
	tool, err := detected().Precompile(dir, logger).Find("g++")
	if err != nil {
		t.Fatal(err)
	}
	return tool
}

const all = "#include <bits/stdc++.h>\n"

// parts have names or numbers of the compiler's making: tables, lambdas, clones,
// statics, thread-local storage.
const parts = all + `using namespace std;
static int table(int x) { switch (x) { case 0: return 7; case 1: return 13; case 2: return 99; case 3: return 4; case 4: return 1000; } return 1; }
namespace { struct A { virtual int g(int x) { static int k = x; return k++; } virtual ~A() {} }; struct B : A { int g(int x) override { return ~x; } }; }
template <class T> __attribute__((noinline)) T twice(T a, T b) { auto l = [&](T c) { static T z = c; return z + a * b; }; return l(a) + l(b); }
static __attribute__((noinline)) int work(int a, int b) { int s = 0; for (int i = 0; i < a; i++) s += i * b ^ a; return s; }
thread_local int tl = 3;
int main() {
	int n; cin >> n;
	unique_ptr<A> p(n & 1 ? new A : new B);
	cout << table(n) << p->g(n) << twice(n, 2) << twice(2.5, n * 1.0) << work(n, 3) << work(n + 1, 3) << tl++ << __LINE__ << __FILE__ << __INCLUDE_LEVEL__;
	try { throw runtime_error("x"); } catch (exception& e) { cout << e.what(); }
	assert(n < 100);
`

// little compiles fast.
const little = parts + "}\n"

// solution is an ordinary submission, with what takes compilers their time.
const solution = parts + `	vector<long long> v(n); iota(begin(v), end(v), n); sort(rbegin(v), rend(v));
	map<string, unordered_map<int, double>> m; m["x"][n] = 0.5; m[to_string(n)][__COUNTER__] = __COUNTER__; cout << m.size();
	for (int i : views::iota(0, n) | views::filter([](int x) { return x % 2; })) cout << i;
}
`

func program(t *testing.T, res Result) []byte {
	t.Helper()
	if res.Program == nil {
		return nil
	}
	data, err := io.ReadAll(res.Program.Program)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var objectName = regexp.MustCompile(`/work/cc\w{6}\.o`) // chosen at random by the compiler

// A precompiled header changes nothing: the same program to the byte, the same
// words of the compiler. used says whether the compile may have it; where it
// may not, the result is by construction what it is without, and is compared
// only where the header would be a trap.
func TestPrecompiledHeaderChangesNothing(t *testing.T) {
	const sum = "int main() { std::vector<int> v{1, 2}; std::cout << std::accumulate(v.begin(), v.end(), 0) << v[1]; assert(v.size() == 2); }\n"
	const loop = "int f(const int* a, int n) { int s = 0; for (int i = 0; i < n; i++) s += a[i] * a[i]; return s; }\nint main() { std::vector<int> v(100, 3); return std::accumulate(v.begin(), v.end(), f(v.data(), 100)); }\n"
	const other = "-O3 -march=native -std=c++17 -Wall -Wextra"
	tool := precompiling(t)
	for _, flags := range []string{"", other} { // rows beside each other would not wait for it
		src := one("a.cpp", all)
		if src.Flags = strings.Fields(flags); tool.headers.find(t.Context(), tool, src) == nil {
			t.Fatalf("no precompiled header with flags %q", flags)
		}
	}
	file := func(name, text string) judge.File { return judge.File{Name: name, Data: []byte(text)} }
	for _, tc := range []struct {
		name  string
		src   Source
		flags string
		used  bool
		trap  bool
		fails bool
	}{
		{name: "solution", src: one("a.cpp", solution), used: true},
		{name: "quoted", src: one("a.cpp", "#include \"bits/stdc++.h\"\n"+sum), used: true},
		{name: "problem's flags", src: one("a.cpp", all+loop), flags: other, used: true},
		{name: "debug information", src: one("a.cpp", all+sum), flags: "-g"},
		{name: "two files", src: Source{Files: []judge.File{file("a.cpp", all+"int f() { static int n = __COUNTER__; return n; }\n"), file("b.cpp", all+"int f();\nint main() { return f() + __COUNTER__; }\n")}}, used: true},

		{name: "_GLIBCXX_DEBUG before", src: one("a.cpp", "#define _GLIBCXX_DEBUG\n"+all+sum), trap: true},
		{name: "private before", src: one("a.cpp", "#define private public\n"+all+"int main() { std::any a = 1; return sizeof a._M_storage; }\n"), fails: true}, // the library does not allow it
		{name: "optimize before", src: one("a.cpp", "#pragma GCC optimize(\"O3,unroll-loops\")\n"+all+loop), trap: true},
		{name: "target before", src: one("a.cpp", "#pragma GCC target(\"avx2\")\n"+all+loop), trap: true},
		{name: "own header", src: Source{Files: []judge.File{file("a.cpp", "#include \"own.h\"\n"+sum), file("own.h", "#pragma once\n#define NDEBUG\n"+all)}}},
		// In angle brackets the compiler's own are meant.
		{name: "own bits/stdc++.h", fails: true, src: Source{Files: []judge.File{file("a.cpp", all+"int main() { return own; }\n"), file("bits/stdc++.h", "const int own = 1;\n")}}},
		{name: "own vector", fails: true, src: Source{Files: []judge.File{file("a.cpp", all+"int main() { return own; }\n"), file("vector", "#pragma once\n#include_next <vector>\nconst int own = 1;\n")}}},
		{name: "in a namespace", src: one("a.cpp", "namespace x {\n"+all+"}\n"+sum), fails: true},

		{name: "optimize after", src: one("a.cpp", all+"#pragma GCC optimize(\"O3,unroll-loops\")\n"+loop), used: true},
		{name: "target after", src: one("a.cpp", all+"#pragma GCC target(\"avx2,bmi2\")\n#include <immintrin.h>\n"+loop), used: true},
		{name: "target attribute, NDEBUG after", src: one("a.cpp", all+"#define NDEBUG\n#include <cassert>\n__attribute__((target(\"avx2\"), optimize(\"O3\")))\n"+strings.Replace(loop, "return std", "assert(v.empty()); return std", 1)), used: true},
		{name: "once more, probing", src: one("a.cpp", all+all+"namespace x {\n"+all+"}\n#if __has_include(<bits/stdc++.h.gch>) || !__has_include(<bits/stdc++.h>)\nint f() { return 1; }\n#endif\nint main() { return __COUNTER__ + __INCLUDE_LEVEL__; }\n"), used: true},

		{name: "errors, also in a header", src: one("a.cpp", all+"struct X {};\nint main() { vectr<int> w; std::set<X> s; s.insert(X{}); std::vector<X> v; std::sort(v.begin(), v.end()); return nonsense; }\n"), used: true, fails: true},
		{name: "warnings, also by flag", src: one("a.cpp", all+"#warning look\nint f() {}\nint main() { char c = 300; int unused; std::vector<int> v; for (int i = 0; i < v.size(); i++) {} if (int x = 1) ; return c; }\n"), flags: other, used: true},
		{name: "not linked", src: one("a.cpp", all+"int f();\nint main() { return f(); }\n"), used: true, fails: true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.src.Flags = strings.Fields(tc.flags)
			if found := tool.headers.find(t.Context(), tool, tc.src); (found != nil) != tc.used {
				t.Errorf("with a precompiled header: %v, want %v", found != nil, tc.used)
			}
			got := patiently(t, tool, tc.src)
			if (got.Program == nil) != tc.fails {
				t.Fatalf("compiled: %v\n%s", got.Program != nil, got.Output)
			}
			if !tc.used && !tc.trap {
				return
			}
			want := patiently(t, gcc(t), tc.src)
			if g, w := program(t, got), program(t, want); !bytes.Equal(g, w) {
				t.Errorf("programs differ: %d bytes with, %d without", len(g), len(w))
			}
			g, w := objectName.ReplaceAllString(got.Output, "OBJECT"), objectName.ReplaceAllString(want.Output, "OBJECT")
			if g != w {
				t.Errorf("diagnostics with a precompiled header:\n%s\nwithout:\n%s", g, w)
			}
		})
	}
}

// The compiler itself says that it uses the header; else all of this is for
// nothing.
func TestCompilerUsesTheHeader(t *testing.T) {
	tool, src := precompiling(t), one("a.cpp", solution)
	pre := tool.headers.find(t.Context(), tool, src)
	if pre == nil {
		t.Fatal("there is none")
	}
	src.Flags = []string{"-H"}
	_, facts, err := attempt(t.Context(), tool, src, JuryLimits, pre)
	if err != nil || !facts.Exited || !strings.HasPrefix(string(facts.Stderr), "! /") {
		t.Errorf("it read headers: %v\n%.2000s", err, facts.Stderr)
	}
}

// What fits without the header fits with it, and what a bomb hits is said as
// without.
func TestMemoryLimitWithTheHeader(t *testing.T) {
	if !sandbox.Check().LimitsMemory() {
		t.Skip("no control group for memory on this machine")
	}
	for _, mib := range []int64{40, 300} {
		lim := Limits{Time: 30 * time.Second, MemoryBytes: mib << 20}
		var outputs [2]string
		for i, tool := range []Toolchain{gcc(t), precompiling(t)} {
			res, err := Compile(t.Context(), tool, one("a.cpp", little), lim)
			if err != nil {
				t.Fatal(err)
			}
			if fits := mib > 100; (res.Program != nil) != fits {
				t.Errorf("%d MiB: compiled %v, want %v:\n%s", mib, res.Program != nil, fits, res.Output)
			}
			if res.Program != nil {
				res.Program.Close()
			}
			outputs[i], _, _ = strings.Cut(res.Output, "\n")
		}
		if outputs[0] != outputs[1] {
			t.Errorf("%d MiB: without %q, with %q", mib, outputs[0], outputs[1])
		}
	}
}

// Whoever runs code where a submission is compiled can read the header there
// and do nothing to it.
func TestNoSubmissionReachesTheHeader(t *testing.T) {
	tool, src := precompiling(t), one("a.cpp", little)
	pre := tool.headers.find(t.Context(), tool, src)
	if pre == nil {
		t.Fatal("there is none")
	}
	before := program(t, patiently(t, tool, src))
	mount, include := pre.mount()
	box, err := sandbox.New(t.Context(), sandbox.Config{Mounts: append(toolchainMounts(), mount), Devices: true, WorkBytes: workBytes})
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	const attack = `dir=$1; file=$(echo $dir/*); wc -c <"$file"; cat "$file" >copy
echo x >"$file"; echo x >>"$file"; rm -f "$file"; mv copy "$file"; mv "$file" gone; mv "$dir" gone; rm -rf "$dir"
chmod 777 "$file" "$dir"; chown 0 "$file"; touch "$file"; truncate -s 0 "$file"; ln -f copy "$file"; ln "$file" second; ln -sf copy "$file"
echo x >"$dir/other"; mkdir "$dir/other"; mv "$2" /elsewhere; rm -rf "$2"; mount -o remount,rw "$dir"; umount "$dir"
g++ -x c++-header -o "$file" /usr/include/stdio.h; dd if=/dev/zero of="$file" conv=notrunc count=1; true`
	facts, err := box.Run(t.Context(), sandbox.Command{
		Args: []string{"/bin/sh", "-c", attack, "attack", mount.Target, include}, Env: compilerEnv, KeepWork: true, Limits: compilerLimits(JuryLimits),
	})
	if err != nil || !facts.Exited || !bytes.HasPrefix(facts.Stdout, []byte("1")) {
		t.Fatalf("the attack did not see the header: %v %+v", err, facts)
	}
	if !pre.unchanged() {
		t.Errorf("the header or its folder was changed\n%s", facts.Stderr)
	}
	if sum, err := digest(pre.file.Path); err != nil || sum != pre.SHA256 {
		t.Errorf("its digest is another: %v", err)
	}
	if list, err := os.ReadDir(pre.path); err != nil || len(list) != 2 {
		t.Errorf("its folder holds %v, %v", list, err)
	}
	if after := program(t, patiently(t, precompilingIn(t, sharedHeaders), src)); !bytes.Equal(before, after) {
		t.Error("another program comes out than before the attack")
	}
}

// Several judges start at once and find a damaged header: one makes it anew,
// the others do not wait, and all of them find it afterwards.
func TestSeveralJudgesMakeOneHeader(t *testing.T) {
	src := one("a.cpp", solution)
	good := precompiling(t).headers.find(t.Context(), precompiling(t), src)
	if good == nil {
		t.Fatal("there is none")
	}
	dir := t.TempDir()
	if out, err := exec.Command("cp", "-a", good.path, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := precompilingIn(t, dir).headers.load(good.Key); err != nil {
		t.Fatalf("a copy is not used: %v", err)
	}
	if err := shorten(filepath.Join(dir, good.Key, headerFolder, good.File), 100_000); err != nil {
		t.Fatal(err)
	}
	var judges [4]Toolchain
	var wg sync.WaitGroup
	for i := range judges {
		judges[i] = precompilingIn(t, dir)
		wg.Go(func() { judges[i].headers.find(t.Context(), judges[i], src) })
	}
	wg.Wait()
	for i, tool := range judges {
		pre := tool.headers.find(t.Context(), tool, src)
		if pre == nil {
			t.Fatalf("judge %d has no header", i)
		}
		if pre.File == good.File {
			t.Errorf("judge %d uses the damaged header", i)
		}
		if pre.File != judges[0].headers.ready[pre.Key].File {
			t.Errorf("judge %d uses a header of its own", i)
		}
	}
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != 2 { // the header and the lock
		t.Errorf("the cache holds %v, %v", list, err)
	}
}

// Without a place for it, or with a compiler that cannot make it, compiling
// goes on.
func TestCompileWithoutThePlaceForAHeader(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	open := t.TempDir()
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	src := one("a.cpp", all+"int main() {}\n")
	for _, dir := range []string{file, file + "/below", open} {
		var log bytes.Buffer
		tool := precompilingIn(t, dir)
		tool.headers.logger = slog.New(slog.NewTextHandler(&log, nil))
		for range 3 {
			if tool.headers.find(t.Context(), tool, src) != nil {
				t.Errorf("%s: there is a header", dir)
			}
		}
		if got := strings.Count(log.String(), "without a precompiled header"); got != 1 {
			t.Errorf("%s: it is told %d times, want once:\n%s", dir, got, &log)
		}
		if dir != open {
			continue
		}
		if res := patiently(t, tool, src); res.Program == nil || res.Output != "" {
			t.Errorf("%s: %q", dir, res.Output)
		}
	}
	src.Flags = []string{"-march=nonsense"}
	if res := patiently(t, precompilingIn(t, t.TempDir()), src); res.Program != nil || !strings.Contains(res.Output, "nonsense") {
		t.Errorf("a flag that the compiler refuses: %q", res.Output)
	}
}

func TestClangGoesWithout(t *testing.T) {
	if _, err := exec.LookPath("clang++"); err != nil {
		t.Skip("no clang++ on this machine")
	}
	tool, err := detected().Precompile(t.TempDir(), slog.Default()).Find("clang++")
	if err != nil {
		t.Fatal(err)
	}
	if tool.headers != nil {
		t.Error("it would use gcc's header")
	}
}
