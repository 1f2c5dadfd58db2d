package api

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"contest/judge"
)

// A kit has of samples all that a run gets, and nothing of what decides: neither secret
// test cases nor the output validator.
func TestKitOfSamples(t *testing.T) {
	p := judge.Problem{ID: "p", Tests: []judge.TestCase{{Name: "sample/1", Sample: true, Args: []string{"a"}}, {Name: "secret/1", Args: []string{"b"}}}}
	for name, role := range map[string]judge.FileRole{
		"sample/1.in": judge.InputRole, "sample/1.ans": judge.AnswerRole, "sample/1.files/m/x": judge.CaseFileRole,
		"secret/1.in": judge.InputRole, "secret/1.ans": judge.AnswerRole, "secret/1.files/y": judge.CaseFileRole, "validate.cpp": judge.ValidatorRole,
	} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		p.Files = p.Files.With(judge.ManifestFile{Role: role, Name: name, Path: path})
	}
	kit, err := readKit(p)
	if err != nil {
		t.Fatal(err)
	}
	want := []Sample{{Name: "sample/1", Input: []byte("sample/1.in"), Answer: []byte("sample/1.ans"), Args: []string{"a"}, Files: []judge.File{{Name: "m/x", Data: []byte("sample/1.files/m/x")}}}}
	if !reflect.DeepEqual(kit.Samples, want) || len(kit.Includes) > 0 || kit.Problem.Validation != nil {
		t.Errorf("got samples %s, %d files, validation %v", kit.Samples, len(kit.Includes), kit.Problem.Validation)
	}
}
