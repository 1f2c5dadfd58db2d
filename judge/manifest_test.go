package judge_test

import (
	"slices"
	"testing"

	"contest/judge"
)

func TestManifest(t *testing.T) {
	file := func(r judge.FileRole, name, path string) judge.ManifestFile {
		return judge.ManifestFile{Role: r, Name: name, Path: path}
	}
	p := judge.Problem{Files: judge.Manifest{}.With(
		file(judge.ReferenceRole, "b.cpp", "/3"), file(judge.InputRole, "secret/1.in", "/1"),
		file(judge.ReferenceRole, "a.cpp", "/2"), file(judge.AnswerRole, "secret/1.ans", "/4"), file(judge.IncludeRole, "h.h", "/5"),
	)}
	test := judge.TestCase{Name: "secret/1"}
	if in, ans := p.InputPath(test), p.AnswerPath(test); in != "/1" || ans != "/4" || p.InputPath(judge.TestCase{Name: "secret/2"}) != "" {
		t.Errorf("got input %q and answer %q", in, ans)
	}
	if got := p.Files.Of(judge.ReferenceRole).Paths(); !slices.Equal(got, []string{"/2", "/3"}) || !p.HasReference() {
		t.Errorf("got reference %q, want its files by name", got)
	}
	other := p.Files.With(file(judge.IncludeRole, "h.h", "/6"))
	if f, ok := other.Find(judge.IncludeRole, "h.h"); !ok || f.Path != "/6" || len(other) != len(p.Files) {
		t.Errorf("got %+v, want the later file of a name", other)
	}
	if f, _ := p.Files.Find(judge.IncludeRole, "h.h"); f.Path != "/5" {
		t.Error("With changed the manifest that it was called on")
	}
	p.Files = p.Files.With(file(judge.IncludeRole, "cpp/a.h", "/7"), file(judge.IncludeRole, "other/a.h", "/8"))
	if got := p.Includes("cpp").Paths(); !slices.Equal(got, []string{"/7"}) {
		t.Errorf("for C++ are included %q", got)
	}
	p.Files = p.Files.Without(judge.ReferenceRole)
	if p.HasReference() || len(p.Files) != 5 || len(p.Files.Of("none")) != 0 {
		t.Errorf("without its reference: %+v", p.Files)
	}
}
