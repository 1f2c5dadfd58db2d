package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"contest/judge"
	"contest/judge/api"
)

// `judge get` writes a statement in its own form, with its images where the
// statement names them, and no empty file.
func TestKitWithItsStatement(t *testing.T) {
	sample := api.Sample{Name: "sample/1", Input: []byte("1\n"), Answer: []byte("2\n"), Args: []string{"--map", "maps/one.txt"}, Files: []judge.File{{Name: "maps/one.txt", Data: []byte("x")}}}
	for name, c := range map[string]struct {
		kit   api.Kit
		files []string
		said  string
	}{
		"Markdown": {api.Kit{Statement: []byte("![a](img/a.png)\n"), StatementFiles: []judge.File{{Name: "img/a.png", Data: []byte("png")}}},
			[]string{"img/a.png", "problem.md", "sample/1.ans", "sample/1.files/maps/one.txt", "sample/1.in"}, "statement"},
		"PDF": {api.Kit{StatementFile: "problem.en.pdf", StatementFiles: []judge.File{{Name: "problem.en.pdf", Data: []byte("%PDF")}}},
			[]string{"problem.en.pdf", "sample/1.ans", "sample/1.files/maps/one.txt", "sample/1.in"}, "statement problem.en.pdf"},
		"none": {api.Kit{}, []string{"sample/1.ans", "sample/1.files/maps/one.txt", "sample/1.in"}, "no statement"},
	} {
		dir := t.TempDir()
		c.kit.Samples = []api.Sample{sample}
		if err := writeKit(dir, c.kit); err != nil {
			t.Fatal(err)
		}
		var files []string
		_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if info, statErr := os.Stat(path); statErr == nil && info.Mode().IsRegular() {
				rel, _ := filepath.Rel(dir, path)
				files = append(files, rel)
				if info.Size() == 0 {
					t.Errorf("%s: %s is empty", name, rel)
				}
			}
			return err
		})
		if !slices.Equal(files, c.files) || statementOf(c.kit) != c.said {
			t.Errorf("%s: got %q, %q, want %q, %q", name, files, statementOf(c.kit), c.files, c.said)
		}
	}
	p, err := kitProblem(t.TempDir(), api.Kit{Samples: []api.Sample{sample}})
	if err != nil || !slices.Equal(p.Tests[0].Args, sample.Args) || len(p.CaseFiles(p.Tests[0])) != 1 {
		t.Errorf("the problem of a kit: got %+v, %v", p, err)
	}
	if err := writeKit(t.TempDir(), api.Kit{StatementFiles: []judge.File{{Name: "../evil", Data: []byte("x")}}}); err == nil {
		t.Error("a file was written outside of the folder")
	}
}
