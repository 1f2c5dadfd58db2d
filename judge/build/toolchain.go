package build

import (
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"contest/judge"
	"contest/sandbox"
)

// Toolchain is one way to compile a language.
type Toolchain struct {
	ID      judge.LanguageID `json:"id"`
	Name    string           `json:"name"`    // as people read it: "C++20 (g++)"
	Aliases []string         `json:"aliases"` // other words for -l
	// Path is the compiler, on the host and inside the container.
	Path       string   `json:"path"`
	Version    string   `json:"version"` // first line of --version
	Extensions []string `json:"extensions"`
	Flags      []string `json:"flags"`
	Libraries  []string `json:"libraries"` // after the sources

	parts       string   // sizes of what belongs to it, see partsOf
	precompiles bool     // gcc's kind of precompiled headers
	headers     *headers // nil: compile without
}

// Static linking takes 0.6 ms off every run and leaves the run's root file
// system empty; the thread library is linked whole because a static glibc
// before 2.34 has weak symbols in its place.
var (
	cppFlags     = []string{"-O2", "-std=gnu++20", "-static", "-pthread", "-DONLINE_JUDGE", "-fdiagnostics-color=never"}
	cppLibraries = []string{"-Wl,--whole-archive", "-lpthread", "-Wl,--no-whole-archive"}
)

// reproducible and linking are the flags that make one program, to the byte, of
// the same sources, whenever they are compiled, and of sources that differ in
// blanks, comments and names of functions: measurements are pooled by the
// program, so none of that may buy another one. Times are fixed (by definition,
// as SOURCE_DATE_EPOCH leaves __TIMESTAMP__ alone, and older compilers do not
// know it), and symbols, which no program needs to run, are left out. They change
// no instruction, so they are no part of Flags and of the machine's class.
var (
	reproducible = []string{
		"-Wno-builtin-macro-redefined", `-D__DATE__="Jan  1 1970"`, `-D__TIME__="00:00:00"`, `-D__TIMESTAMP__="Thu Jan  1 00:00:00 1970"`,
		"-frandom-seed=judge",
	}
	linking = []string{"-Wl,--build-id=none", "-s"}
)

// flags are all that a compile for a problem with these flags gets.
func (t Toolchain) flags(problem []string) []string {
	return slices.Concat(t.Flags, reproducible, problem)
}

// Identity is what every compile with it has in common: its version, what belongs
// to it, and the command. With another one the same sources may become another
// program, or compile at last.
func (t Toolchain) Identity() string {
	return fmt.Sprintf("%s (%s): %s", t.Version, t.parts, strings.Join(t.command(nil, nil, "FILES"), " "))
}

// command compiles files into programName. Folders are searched for headers in
// angle brackets before the system's; "x.h" is found beside the file that asks.
func (t Toolchain) command(problem, folders []string, files ...string) []string {
	return slices.Concat([]string{t.Path}, t.flags(problem), folders, []string{"-o", programName}, files, t.libraries(problem), linking)
}

// Published is the command for people who compile files as the judge does, for a
// problem with these flags. What it lacks of the judge's own changes no program's
// behaviour, see reproducible.
func (t Toolchain) Published(problem []string, files ...string) string {
	return strings.Join(slices.Concat([]string{string(t.ID)}, t.Flags, problem, files), " ")
}

// Identities are the toolchains' identities.
func (ts Toolchains) Identities() map[judge.LanguageID]string {
	out := make(map[judge.LanguageID]string, len(ts))
	for _, t := range ts {
		out[t.ID] = t.Identity()
	}
	return out
}

// partsOf sums up what a compiler needs beside itself, as it would find it. One that
// lacked its library, or had a broken one, has the same version after it was
// mended.
func partsOf(compiler string) string {
	out, _ := exec.Command(compiler, "-print-search-dirs").Output()
	var dirs []string
	for line := range strings.Lines(string(out)) {
		if _, list, ok := strings.Cut(strings.TrimSpace(line), ": ="); ok {
			dirs = append(dirs, filepath.SplitList(list)...)
		}
	}
	h := fnv.New32a()
	for _, name := range []string{"cc1plus", "libstdc++.a", "libc.a", "libgcc.a", "crt1.o"} {
		size := int64(-1)
		for _, dir := range dirs {
			if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
				size = info.Size()
				break
			}
		}
		fmt.Fprintln(h, name, size)
	}
	return fmt.Sprintf("%08x", h.Sum32())
}

// libraries are what a program is linked with; none where the flags say that it
// does without. Threads would be linked whole, and before glibc 2.34 they want
// the rest of it.
func (t Toolchain) libraries(flags []string) []string {
	if slices.Contains(flags, "-nostdlib") {
		return nil
	}
	return t.Libraries
}

// known are the toolchains that this judge can use, in order of preference.
var known = []Toolchain{
	{ID: "g++", Name: "C++20 (g++)", Aliases: []string{"cpp", "c++", "gcc"}, Extensions: judge.CppExtensions, Flags: cppFlags, Libraries: cppLibraries, precompiles: true},
	{ID: "clang++", Name: "C++20 (clang++)", Aliases: []string{"clang"}, Extensions: judge.CppExtensions, Flags: cppFlags, Libraries: cppLibraries},
}

// ErrNoCompiler says that nothing can be compiled on this machine.
var ErrNoCompiler = &judge.Unable{Message: "no compiler is installed on the judging machine", Hint: "the organiser installs one: apt-get install g++"}

// Toolchains are the installed toolchains, the default first.
type Toolchains []Toolchain

// Detect finds the compilers that are installed.
func Detect() Toolchains {
	var found Toolchains
	for _, t := range known {
		for _, dir := range []string{"/usr/bin", "/bin"} {
			path := filepath.Join(dir, string(t.ID))
			out, err := exec.Command(path, "--version").Output()
			if err != nil {
				continue
			}
			t.Path = path
			t.Version, _, _ = strings.Cut(string(out), "\n")
			t.parts = partsOf(path)
			found = append(found, t)
			break
		}
	}
	return found
}

// Find looks a toolchain up by id or alias; an empty name is the default.
func (ts Toolchains) Find(name string) (Toolchain, error) {
	if len(ts) == 0 {
		return Toolchain{}, ErrNoCompiler
	}
	if name == "" {
		return ts[0], nil
	}
	for _, t := range ts {
		if string(t.ID) == name || slices.Contains(t.Aliases, name) {
			return t, nil
		}
	}
	// Where g++ is not installed its aliases mean what there is.
	if slices.Contains(known[0].Aliases, name) {
		return ts[0], nil
	}
	hint := fmt.Sprintf("installed here: %s", strings.Join(ts.IDs(), ", "))
	if i := slices.IndexFunc(known, func(t Toolchain) bool { return string(t.ID) == name }); i >= 0 {
		hint += fmt.Sprintf("; %s is known but not installed", name)
	}
	return Toolchain{}, &judge.NotFound{Kind: "language", Name: name, Hint: hint}
}

// IDs are the names of the toolchains, in order.
func (ts Toolchains) IDs() []string {
	ids := make([]string, len(ts))
	for i, t := range ts {
		ids[i] = string(t.ID)
	}
	return ids
}

// toolchainMounts show a compiler what it needs and nothing of the host's
// settings, homes or data. Debian leads some names through /etc/alternatives,
// a folder of links.
func toolchainMounts() []sandbox.Mount {
	var mounts []sandbox.Mount
	for _, dir := range []string{"/usr/bin", "/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/bin", "/lib", "/lib32", "/lib64", "/etc/alternatives"} {
		if _, err := os.Stat(dir); err == nil {
			mounts = append(mounts, sandbox.Mount{Source: dir, Target: dir})
		}
	}
	return mounts
}
