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
	"contest/judge/language"
	"contest/sandbox"
)

// Toolchain is a language with its compiler on this machine.
type Toolchain struct {
	language.Installed
	// Path is the compiler, on the host and inside the container.
	Path string `json:"path"`

	headers *headers // nil: compile without
}

// command compiles files into programName. Folders are searched for headers in
// angle brackets before the system's; "x.h" is found beside the file that asks.
func (t Toolchain) command(problem, folders []string, files ...string) []string {
	return t.CompileLine(language.Words{Compiler: t.Path, Problem: problem, Folders: folders, Program: programName, Sources: files})
}

// identity is Installed.Identity.
func (t Toolchain) identity() string {
	return fmt.Sprintf("%s (%s): %s", t.Version, partsOf(t.Path, t.Parts), strings.Join(t.command(nil, nil, "FILES"), " "))
}

// partsOf sums up what a compiler needs beside itself, as it would find it. One that
// lacked its library, or had a broken one, has the same version after it was
// mended.
func partsOf(compiler string, parts []string) string {
	out, _ := exec.Command(compiler, "-print-search-dirs").Output()
	var dirs []string
	for line := range strings.Lines(string(out)) {
		if _, list, ok := strings.Cut(strings.TrimSpace(line), ": ="); ok {
			dirs = append(dirs, filepath.SplitList(list)...)
		}
	}
	h := fnv.New32a()
	for _, name := range parts {
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

// Toolchains are the installed toolchains, the default first.
type Toolchains []Toolchain

// Detect finds the compilers that are installed.
func Detect() Toolchains {
	var found Toolchains
	for _, l := range language.All() {
		for _, dir := range []string{"/usr/bin", "/bin"} {
			path := filepath.Join(dir, l.Compiler)
			out, err := exec.Command(path, l.VersionBy...).Output()
			if err != nil {
				continue
			}
			t := Toolchain{Installed: language.Installed{Language: l}, Path: path}
			t.Version, _, _ = strings.Cut(string(out), "\n")
			t.Identity = t.identity()
			found = append(found, t)
			break
		}
	}
	return found
}

// Languages are the toolchains' languages, for those who compile nothing.
func (ts Toolchains) Languages() language.Set {
	set := make(language.Set, len(ts))
	for i, t := range ts {
		set[i] = t.Installed
	}
	return set
}

// Find looks a toolchain up by the id or alias of its language; an empty name is
// the default.
func (ts Toolchains) Find(name string) (Toolchain, error) {
	l, err := ts.Languages().Find(name)
	return ts.of(l), err
}

// For is the toolchain of files, as language.Set.For says.
func (ts Toolchains) For(named judge.LanguageID, files []judge.File) (Toolchain, error) {
	l, err := ts.Languages().For(named, files)
	return ts.of(l), err
}

func (ts Toolchains) of(l language.Installed) Toolchain {
	i := slices.IndexFunc(ts, func(t Toolchain) bool { return t.ID == l.ID })
	if i < 0 {
		return Toolchain{}
	}
	return ts[i]
}

// toolchainMounts show a compiler what it needs and nothing of the host's
// settings, homes or data. Debian leads some names through /etc/alternatives,
// a folder of links.
func toolchainMounts() []sandbox.Mount {
	return mountsOf([]string{"/usr/bin", "/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/bin", "/lib", "/lib32", "/lib64", "/etc/alternatives"})
}

// mountsOf show folders that there are on this machine under their own names.
func mountsOf(dirs []string) []sandbox.Mount {
	var mounts []sandbox.Mount
	for _, dir := range dirs {
		if _, err := os.Stat(dir); err == nil {
			mounts = append(mounts, sandbox.Mount{Source: dir, Target: dir})
		}
	}
	return mounts
}
