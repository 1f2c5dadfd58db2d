package problem

import (
	"path"
	"slices"
	"testing"

	"contest/judge"
)

// custom is a legacy package with an output validator of its own.
func custom(more string) files {
	return legacy().with("problem.yaml", "name: Sum\nvalidation: custom\n"+more).with("output_validators/validate.cpp", solution)
}

func TestOutputValidator(t *testing.T) {
	for _, tc := range []struct {
		name    string
		files   files
		sources []string // of the validator
		args    []string // on secret/1
		where   string   // of errors in it
	}{
		{"default", good(), nil, nil, ""},
		{"a file", good().with("output_validator/validate.cpp", solution), []string{"output_validator/validate.cpp"}, nil, "output_validator/validate.cpp"},
		{"a folder", good().with("output_validator/v/a.cpp", solution).with("output_validator/v/b.h", ""), []string{"output_validator/v/a.cpp", "output_validator/v/b.h"}, nil, "output_validator/v/a.cpp"},
		{"several files", good().with("output_validator/a.cpp", solution).with("output_validator/b.cpp", ""), []string{"output_validator/a.cpp", "output_validator/b.cpp"}, nil, "output_validator/a.cpp"},
		{"with headers", good().with("output_validator/a.cpp", solution).with("output_validator/testlib.h", "").with("output_validator/README.md", "").with("include/cpp/x.h", ""),
			[]string{"include/cpp/x.h", "output_validator/a.cpp", "output_validator/testlib.h"}, nil, "output_validator/a.cpp"},
		{"legacy", custom(""), []string{"output_validators/validate.cpp"}, nil, "output_validators/validate.cpp"},
		{"flags of legacy", custom("validator_flags: a b\n").with("data/testdata.yaml", "output_validator_flags: c\n"), []string{"output_validators/validate.cpp"}, []string{"a", "b", "c"}, "output_validators/validate.cpp"},
		{"a draft", custom("problem_format_version: 2023-07-draft\n").with("data/testdata.yaml", "output_validator_flags: {validate: x, other: y}\n"), []string{"output_validators/validate.cpp"}, []string{"x"}, "output_validators/validate.cpp"},
		{"arguments of a group", good().with("output_validator/v.cpp", solution).with("data/test_group.yaml", "output_validator_args: [a]\n").with("data/secret/test_group.yaml", "output_validator_args: [b, \"c d\"]\n"),
			[]string{"output_validator/v.cpp"}, []string{"b", "c d"}, "output_validator/v.cpp"},
		{"arguments of a test case", good().with("output_validator/v.cpp", solution).with("data/secret/test_group.yaml", "output_validator_args: [b]\n").with("data/secret/1.yaml", "output_validator_args: [e]\n"),
			[]string{"output_validator/v.cpp"}, []string{"e"}, "output_validator/v.cpp"},
	} {
		pkg, err := Load(tc.files.write(t), Options{})
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		var sources []string
		for _, f := range pkg.Files.Of(judge.ValidatorRole) {
			sources = append(sources, f.Name)
		}
		if !slices.Equal(sources, tc.sources) || !slices.Equal(pkg.Tests[1].ValidatorArgs, tc.args) {
			t.Errorf("%s: got sources %q and arguments %q, want %q and %q", tc.name, sources, pkg.Tests[1].ValidatorArgs, tc.sources, tc.args)
		}
		limits := pkg.Limits.ValidationMemoryBytes>>20 == validationMemoryMiB && pkg.Limits.ValidationOutputBytes>>20 == validationOutputMiB
		if tc.sources != nil && (OutputValidator(pkg.Problem).Name != tc.where || !limits) {
			t.Errorf("%s: its errors are in %q, want %q; limits %+v", tc.name, OutputValidator(pkg.Problem).Name, tc.where, pkg.Limits)
		}
	}
}

// What decides verdicts is part of the version.
func TestVersionOfAnOutputValidator(t *testing.T) {
	base := good().with("output_validator/v.cpp", solution)
	versions := map[string]string{}
	for name, f := range map[string]files{
		"none": good(), "one": base, "another": base.with("output_validator/v.cpp", "int main() { return 42; }\n"),
		"a limit":                base.with("problem.yaml", good()["problem.yaml"]+"  validation_memory: 100\n"),
		"an argument":            base.with("data/secret/test_group.yaml", "output_validator_args: [a]\n"),
		"an argument of a test":  base.with("data/secret/1.yaml", "output_validator_args: [a]\n"),
		"a submission's":         good().with("data/secret/1.yaml", "args: [a]\n"),
		"another submission's":   good().with("data/secret/test_group.yaml", "args: [b]\n"),
		"a file":                 good().with("data/secret/1.files/a/b.txt", "x"),
		"another file":           good().with("data/secret/1.files/a/b.txt", "y"),
		"a file of another name": good().with("data/secret/1.files/c.txt", "x"),
	} {
		pkg, err := Load(f.write(t), Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if other, ok := versions[pkg.Version]; ok {
			t.Errorf("%s and %s have the same version", name, other)
		}
		versions[pkg.Version] = name
	}
}

// What a submission finds beside it: arguments, and files in its work folder.
func TestArgumentsAndFilesOfATestCase(t *testing.T) {
	dir := generated().with("data/secret/1.in", "").with("data/secret/1.ans", "").
		with("data/test_group.yaml", "args: [--all]\n").with("data/secret/1.yaml", "args: [--fast, \"two words\"]\n").
		with("data/secret/1.files/words/list.txt", "x").with("data/secret/1.files/README", "y").write(t)
	pkg, err := Load(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sample, secret := pkg.Tests[0], pkg.Tests[1]
	if !slices.Equal(sample.Args, []string{"--all"}) || !slices.Equal(secret.Args, []string{"--fast", "two words"}) {
		t.Errorf("got arguments %q and %q", sample.Args, secret.Args)
	}
	if pkg, err = pkg.Keep(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range pkg.CaseFiles(secret) {
		names = append(names, secret.WorkName(f))
		if path.Base(f.Path) != path.Base(f.Name) {
			t.Errorf("%s is kept as %s", f.Name, f.Path)
		}
	}
	if !slices.Equal(names, []string{"README", "words/list.txt"}) || len(pkg.CaseFiles(sample)) != 0 {
		t.Errorf("got files %q, and %d of the sample", names, len(pkg.CaseFiles(sample)))
	}
	for _, name := range []string{"secret/valid-001", "fresh/valid-001"} { // generated, and made for a final
		if got := pkg.withArgs(judge.TestCase{Name: name}).Args; !slices.Equal(got, []string{"--all"}) {
			t.Errorf("%s: got arguments %q", name, got)
		}
	}
}
