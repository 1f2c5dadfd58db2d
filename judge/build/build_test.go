package build

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/language"
	"contest/sandbox"
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "headers-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	sharedHeaders = dir
	return m.Run()
}

func gcc(t *testing.T) Toolchain {
	t.Helper()
	tool, err := detected().Find("g++")
	if err != nil {
		t.Fatal(err)
	}
	return tool
}

func one(name, text string) Source {
	return Source{Files: []judge.File{{Name: name, Data: []byte(text)}}}
}

// Every toolchain compiles A+B, with the standard library, threads and C++20.
func TestToolchains(t *testing.T) {
	const sum = `#include <iostream>
#include <span>
#include <thread>
int main() {
	long long n[2];
	for (long long& x : std::span(n)) std::cin >> x;
	std::jthread([&] { n[0] += n[1]; }).join();
	std::cout << n[0] << "\n";
}
`
	tools := detected()
	if len(tools) == 0 {
		t.Fatal(language.ErrNoCompiler)
	}
	for _, tool := range tools {
		t.Run(string(tool.ID), func(t *testing.T) {
			if err := tool.Try(t.Context()); err != nil {
				t.Error(err)
			}
			if tool.Family != language.Default().Family {
				return
			}
			res := patiently(t, tool, one("sum.cpp", sum))
			if res.Program == nil {
				t.Fatalf("it does not compile:\n%s", res.Output)
			}
			name := filepath.Join(t.TempDir(), "in")
			if err := os.WriteFile(name, []byte("3000000000 4\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			input, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer input.Close()
			box, err := sandbox.New(t.Context(), sandbox.Config{})
			if err != nil {
				t.Fatal(err)
			}
			defer box.Close()
			facts, err := res.Program.Run(t.Context(), box, sandbox.Command{Stdin: input, Limits: sandbox.Limits{Processes: 4}})
			if err != nil {
				t.Fatal(err)
			}
			if got := string(facts.Stdout); got != "3000000004\n" {
				t.Errorf("it printed %q; facts %+v", got, facts)
			}
		})
	}
}

func TestCompileLaysTheProblemsFilesOverTheSubmissions(t *testing.T) {
	src := one("solution.cpp", "int answer() { return 42; }\n")
	src.Files = append(src.Files, judge.File{Name: "harness.cpp", Data: []byte("#error the contestant's own\n")})
	src.Includes = []judge.File{
		{Name: "task.h", Data: []byte("int answer();\n")},
		{Name: "harness.cpp", Data: []byte("#include \"task.h\"\nint main() { return answer(); }\n")},
	}
	res := patiently(t, gcc(t), src)
	if res.Program == nil {
		t.Errorf("it does not compile:\n%s", res.Output)
	}
	if want := "harness.cpp is a file of the problem"; !strings.Contains(res.Output, want) {
		t.Errorf("%q is not in\n%s", want, res.Output)
	}
}

// What does not compile ends as data, in bounded time and space, and shows
// nothing of the machine.
// A file of the submission that is named as a header of the system hides that from
// nobody who asks for the system's, and is found by who asks for the file.
func TestOwnFilesWithNamesOfHeaders(t *testing.T) {
	src := Source{Files: []judge.File{
		{Name: "main.cpp", Data: []byte("#include <string>\n#include <queue>\n#include <ctime>\n#include <cstring>\n" +
			"#include \"string.h\"\n#include \"queue\"\n#include \"time.h\"\nint main() { std::queue<int> q; return OWN_STRING + OWN_TIME + OWN_QUEUE - 3 + q.size() + std::strlen(\"\"); }\n")},
		{Name: "string.h", Data: []byte("#define OWN_STRING 1\n")},
		{Name: "time.h", Data: []byte("#define OWN_TIME 1\n")},
		{Name: "queue", Data: []byte("#define OWN_QUEUE 1\n")},
	}}
	for _, tool := range detected() {
		if res := patiently(t, tool, src); res.Program == nil {
			t.Errorf("%s: it does not compile:\n%s", tool.ID, res.Output)
		}
	}
	for _, tool := range detected() {
		src := Source{Files: []judge.File{{Name: "main.cpp", Data: []byte("#include <own.h>\nint main() {}\n")}, {Name: "own.h", Data: []byte("\n")}}}
		if res := patiently(t, tool, src); res.Program != nil || !strings.Contains(res.Output, "own.h") {
			t.Errorf("%s: <own.h> is found beside the program: %q", tool.ID, res.Output)
		}
	}
}

// A compiler that was mended is another toolchain, though it says the same version.
func TestIdentity(t *testing.T) {
	dir := t.TempDir()
	compiler, library := filepath.Join(dir, "c++"), filepath.Join(dir, "libstdc++.a")
	if err := os.WriteFile(compiler, []byte("#!/bin/sh\necho \"libraries: =/nowhere:"+dir+"\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	tool := Toolchain{Path: compiler, Installed: language.Installed{Language: language.Default(), Version: "1.0"}}
	seen := map[string]string{}
	for _, change := range []struct {
		what string
		make func()
	}{
		{"without its library", func() {}},
		{"with its library", func() { _ = os.WriteFile(library, []byte("library"), 0o644) }},
		{"with other flags", func() { tool.Flags = []string{"-O3"} }},
		{"of another version", func() { tool.Version = "1.1" }},
	} {
		change.make()
		id := tool.identity()
		if before, same := seen[id]; same {
			t.Errorf("%s it is the same as %s: %s", change.what, before, id)
		}
		seen[id] = change.what
	}
	if first, again := tool.identity(), tool.identity(); again != first {
		t.Errorf("unchanged it is %s and then %s", first, again)
	}
}

func TestCompileErrors(t *testing.T) {
	for _, tc := range []struct{ name, text, want, not string }{
		{"plain", "int main() { return nonsense; }\n", "a.cpp:1", ""},
		{"passwd", "#include \"/etc/passwd\"\n", "No such file", "root:"},
		{"incbin", "asm(\".incbin \\\"/etc/passwd\\\"\"); int main() {}\n", "", "root:"},
		{"escape", "#error \x1b[31mred\x1b[0m\n", "red", "\x1b"},
		{"much", "#define A(x) x x x x x x x x\n" + strings.Repeat("int main() { return A(A(A(A(y)))); }\n", 40), "", ""},
		{"recursion", "#include __FILE__\n#include __FILE__\n", "", ""},
		{"huge program", "char a[300000000] = {1};\nint main() { return a[0]; }\n", "larger than 64 MiB", ""},
		{"endless", "#include \"/dev/zero\"\n", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res, err := Compile(t.Context(), gcc(t), one("a.cpp", tc.text), Limits{Time: 3 * time.Second, MemoryBytes: 1 << 30})
			if err != nil {
				t.Fatal(err)
			}
			if res.Program != nil {
				res.Program.Close()
				t.Fatal("it compiled")
			}
			if len(res.Output) > outputCap+1024 || res.Output == "" {
				t.Errorf("%d bytes of diagnostics", len(res.Output))
			}
			if !strings.Contains(res.Output, tc.want) {
				t.Errorf("%q is not in\n%s", tc.want, res.Output)
			}
			if tc.not != "" && strings.Contains(res.Output, tc.not) {
				t.Errorf("%q is in\n%s", tc.not, res.Output)
			}
		})
	}
}

// A program that does without the C library is linked with no other that wants it.
func TestCompileWithoutLibraries(t *testing.T) {
	tool := gcc(t)
	tool.Libraries = []string{"-lwants-the-c-library"} // which is not there either
	src := one("a.cpp", "extern \"C\" void _start() { for (;;) continue; }\n")
	if res := patiently(t, tool, src); res.Program != nil {
		t.Error("the library is not asked for")
	}
	src.Flags = []string{"-nostdlib"}
	if res := patiently(t, tool, src); res.Program == nil {
		t.Error(res.Output)
	}
}

// endless instantiates 2^40 templates, none of them deep.
const endless = `template<int N, long M> struct A {
	using L = typename A<N - 1, 2 * M>::T;
	using R = typename A<N - 1, 2 * M + 1>::T;
	using T = int;
};
template<long M> struct A<0, M> { using T = int; };
int main() { A<40, 1>::T x = 0; return x; }
`

// A compile ends at its limit, once, and says which it was.
func TestCompileEndsAtItsLimit(t *testing.T) {
	waiting := Toolchain{Path: "/bin/sh", Installed: language.Installed{Language: language.Language{
		ID: "sh", Name: "sh", Sources: []string{".cpp"}, Compile: []string{"$compiler", "-c", "sleep 100"},
	}}}
	for _, tc := range []struct {
		name string
		tool Toolchain
		text string
		want string
	}{
		{"computes", gcc(t), endless, "compiling was stopped after 1s of CPU time\n"},
		{"computes, with a precompiled header", precompiling(t), all + endless, "compiling was stopped after 1s of CPU time\n"},
		{"waits", waiting, endless, "compiling was stopped after 1.25s of real time\n"},
	} {
		res, err := Compile(t.Context(), tc.tool, one("a.cpp", tc.text), Limits{Time: time.Second, MemoryBytes: 2 << 30})
		if err != nil {
			t.Fatal(err)
		}
		if res.Program != nil || res.Output != tc.want {
			t.Errorf("%s: it compiled: %v, after %v, and said %q; want %q", tc.name, res.Program != nil, res.Took, res.Output, tc.want)
		}
	}
}

// The second run of the compiler, for its messages, has what the first has left
// of the time, and takes nothing from a program that the first has made.
func TestSecondRunOfTheCompiler(t *testing.T) {
	lim := Limits{Time: 10 * time.Second, MemoryBytes: 1}
	if got := lim.after(sandbox.Facts{CPU: 4 * time.Second}); got.Time != 6*time.Second || got.MemoryBytes != 1 {
		t.Errorf("after 4 of 10 s: %+v", got)
	}
	if got := lim.after(sandbox.Facts{CPU: 11 * time.Second}); got.Time != time.Millisecond {
		t.Errorf("after all of it: %+v", got)
	}
	program := func() *Artifact {
		f, err := memoryFile(strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return &Artifact{Program: f}
	}
	stopped := sandbox.Facts{Hit: sandbox.CPULimit}
	warned := sandbox.Facts{Exited: true, Stderr: []byte("warning\n")}
	refused := sandbox.Facts{Exited: true, ExitStatus: 1, Stderr: []byte("error\n")}
	for _, tc := range []struct {
		name          string
		first, second Result
		facts         sandbox.Facts
		compiled      bool
		output        string
	}{
		{"warnings", Result{Program: program(), Took: 1}, Result{Program: program(), Took: 2}, warned, true, "warning\n"},
		{"warnings, and no time for them", Result{Program: program(), Took: 1}, Result{Took: 2}, stopped, true, "note: the compiler gave warnings; there was no time left to show them\n"},
		{"errors", Result{Took: 1}, Result{Took: 2}, refused, false, "error\n"},
		{"errors, and no time for them", Result{Took: 1}, Result{Took: 2}, stopped, false, "compiling was stopped after 10s of CPU time\n"},
	} {
		got := tc.first.or(tc.second, Source{}, tc.facts, lim)
		if (got.Program != nil) != tc.compiled || got.Output != tc.output || got.Took != 3 {
			t.Errorf("%s: got a program: %v, %q after %v; want %v, %q after 3ns", tc.name, got.Program != nil, got.Output, got.Took, tc.compiled, tc.output)
		}
	}
}

func TestCompileWithoutASourceFile(t *testing.T) {
	res := patiently(t, gcc(t), one("notes.txt", "hello\n"))
	if res.Program != nil || !strings.Contains(res.Output, ".cpp") {
		t.Errorf("got %q", res.Output)
	}
}

func TestCopyArtifact(t *testing.T) {
	first := patiently(t, gcc(t), one("a.cpp", "int main() { return 7; }\n")).Program
	copied, err := first.Copy()
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	var infos [2]os.FileInfo
	for i, f := range []*Artifact{first, copied} {
		if infos[i], err = f.Program.Stat(); err != nil {
			t.Fatal(err)
		}
	}
	if os.SameFile(infos[0], infos[1]) || infos[0].Size() != infos[1].Size() {
		t.Errorf("the copy is the file itself, or has %d bytes in place of %d", infos[1].Size(), infos[0].Size())
	}
	first.Close()
	cmd := exec.Command("/proc/self/fd/3") // the child's
	cmd.ExtraFiles = []*os.File{copied.Program}
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("the copy ended with %v, want status 7", err)
	}
}
