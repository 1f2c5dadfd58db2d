package language

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"contest/judge"
)

func TestAll(t *testing.T) {
	all, err := read(data)
	if err != nil || len(all) == 0 || all[0].ID != Default().ID {
		t.Fatalf("languages.yaml: %d languages, %v", len(all), err)
	}
	for _, l := range all {
		if len(l.APlusB().Data) == 0 || !l.IsSource(l.APlusB().Name) {
			t.Errorf("%s has the A+B %q", l.ID, l.APlusB().Name)
		}
	}
}

func TestReadErrors(t *testing.T) {
	good := "- {id: x, name: X, family: cpp, sources: [.cpp], compiler: x, version: [-v], compile: [$compiler], run: [$program], trial: cpp.cpp}\n"
	if _, err := read([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ text, want string }{
		{strings.Replace(good, "version: [-v]", "versions: [-v]", 1), "field versions not found"},
		{strings.Replace(good, "name: X, ", "", 1), "x: it has no name"},
		{strings.Replace(good, "[$compiler]", "[$compilr]", 1), `x: compile: "$compilr" stands for nothing`},
		{strings.Replace(good, "[$program]", "[$folders]", 1), `x: run: "$folders" stands for nothing`},
		{strings.Replace(good, "[$program]", "[/usr/bin/x, $main]", 1), "name in sees what a run needs"},
		{strings.Replace(good, "trial: cpp.cpp", "trial: x.py", 1), `x: trial: there is no source "x.py" in aplusb`},
		{good + good, "x: there are two of this id"},
	} {
		if _, err := read([]byte(tc.text)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", tc.text, err, tc.want)
		}
	}
}

func TestLines(t *testing.T) {
	l := Language{
		Family: "cpp", Flags: []string{"-O2"}, Libraries: []string{"-lm"}, Compiler: "cc",
		Compile: []string{"$compiler", "$flags", "-x", "$problem", "$folders", "-o", "$program", "$sources", "$libraries", "-s"}, Run: []string{"/bin/run", "$main"},
	}
	words := Words{Compiler: "/bin/cc", Problem: []string{"-DX"}, Folders: []string{"-I/y"}, Program: "p", Sources: []string{"a.c", "b.c"}}
	for _, tc := range []struct{ what, got, want string }{
		{"compile", strings.Join(l.CompileLine(words), " "), "/bin/cc -O2 -x -DX -I/y -o p a.c b.c -lm -s"},
		{"run", strings.Join(l.RunLine(words), " "), "/bin/run a.c"},
		{"options", strings.Join(l.Options([]string{"-DX"}), " "), "-O2 -x -DX"},
		{"published", l.Published([]string{"-DX"}, "a.c"), "cc -O2 -DX a.c"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.what, tc.got, tc.want)
		}
	}
	words.Problem = []string{"-nostdlib"}
	if line := l.CompileLine(words); slices.Contains(line, "-lm") {
		t.Errorf("with -nostdlib: %q", line)
	}
	l.Family = "c" // compiler_flags of a problem are for C++
	if line := l.CompileLine(words); slices.Contains(line, "-nostdlib") || !slices.Contains(line, "-lm") {
		t.Errorf("in another family: %q", line)
	}
}

func TestFind(t *testing.T) {
	gcc, clang := Installed{Language: All()[0]}, Installed{Language: All()[1]}
	other := Installed{Language: Language{ID: "gcc", Name: "C", Family: "c", Sources: []string{".c"}}}
	for _, tc := range []struct {
		set  Set
		name string
		want judge.LanguageID
	}{
		{Set{gcc}, "", "g++"}, {Set{gcc}, "g++", "g++"}, {Set{gcc}, "cpp", "g++"}, {Set{gcc, clang}, "clang", "clang++"},
		{Set{clang}, "cpp", "clang++"}, {Set{other, clang}, "c++", "clang++"}, {Set{gcc, other}, "gcc", "gcc"}, {Set{gcc}, "gcc", "g++"},
	} {
		if l, err := tc.set.Find(tc.name); err != nil || l.ID != tc.want {
			t.Errorf("%q of %v: got %s, %v; want %s", tc.name, tc.set.IDs(), l.ID, err, tc.want)
		}
	}
	var missing *judge.NotFound
	if _, err := (Set{gcc}).Find("clang++"); !errors.As(err, &missing) || !strings.Contains(missing.Hint, "not installed") {
		t.Errorf("a known language that is not installed: %v", err)
	}
	if _, err := (Set{}).Find(""); err != ErrNoCompiler {
		t.Errorf("without compilers: %v", err)
	}
	for _, tc := range []struct {
		named judge.LanguageID
		file  string
		want  judge.LanguageID
	}{{"", "a.c", "gcc"}, {"", "a.cpp", "g++"}, {"", "a.txt", "g++"}, {"clang++", "a.c", "clang++"}} {
		if l, err := (Set{gcc, clang, other}).For(tc.named, []judge.File{{Name: "a.h"}, {Name: tc.file}}); err != nil || l.ID != tc.want {
			t.Errorf("%s as %q: got %s, %v; want %s", tc.file, tc.named, l.ID, err, tc.want)
		}
	}
}
