package build

import (
	"io"
	"os"
	"strings"
	"testing"

	"contest/judge"
	"contest/judge/language"
	"contest/sandbox"
)

// A language that makes no static program: what its compile leaves is laid out for
// every run, which sees only what the language names.
func TestArtifactOfFiles(t *testing.T) {
	shell := Toolchain{Path: "/bin/sh", Installed: language.Installed{Language: language.Language{
		ID: "sh", Name: "sh", Family: "sh", Sources: []string{".sh"},
		Compile: []string{"$compiler", "-n", "$sources"}, Run: []string{"/bin/sh", "$main"},
		Sees: []string{"/bin", "/lib", "/lib64", "/usr/bin", "/usr/lib"},
	}}}
	src := Source{Files: []judge.File{{Name: "a.sh", Data: []byte("read x y\nls -a >&2\necho z >>b.sh\n. ./b.sh\n")}, {Name: "b.sh", Data: []byte("echo $((x + y))\n")}}}
	res := patiently(t, shell, src)
	if res.Program == nil || res.Program.Program != nil || len(res.Program.Files) != 2 || res.Hash == "" {
		t.Fatalf("it became %+v\n%s", res.Program, res.Output)
	}
	if other := patiently(t, shell, Source{Files: []judge.File{src.Files[0], {Name: "b.sh", Data: []byte("echo 1\n")}}}); other.Hash == res.Hash {
		t.Error("other files have the same hash")
	}
	if broken := patiently(t, shell, one("a.sh", "if\n")); broken.Program != nil || broken.Output == "" {
		t.Errorf("what is no script became %+v", broken.Program)
	}
	copied, err := res.Program.Copy()
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	box, err := sandbox.New(t.Context(), copied.Container(sandbox.Config{Devices: true}))
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	for range 2 { // the first run has changed its files
		input, feed, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(feed, "19 23\n")
		feed.Close()
		facts, err := copied.Run(t.Context(), box, sandbox.Command{Stdin: input, Env: compilerEnv, Limits: sandbox.Limits{Processes: 4}})
		input.Close()
		if err != nil {
			t.Fatal(err)
		}
		if out := string(facts.Stdout); out != "42\n" || !strings.Contains(string(facts.Stderr), "b.sh") {
			t.Errorf("it printed %q and said %q", out, facts.Stderr)
		}
	}
}
