package judge

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// FileRole says what a judging reads a file of a problem for.
type FileRole string

// The roles.
const (
	IncludeRole   FileRole = "include"   // compiled with every submission
	ReferenceRole FileRole = "reference" // a source of the solution that times are compared with
	InputRole     FileRole = "input"     // of a test case
	AnswerRole    FileRole = "answer"    // of a test case
	ValidatorRole FileRole = "validator" // a source of the output validator; without one it is the default validator
	CaseFileRole  FileRole = "case-file" // laid into the work folder before a test case is run; see Problem.CaseFiles
)

// ManifestFile is a file of a problem that a judging reads.
type ManifestFile struct {
	Role   FileRole
	Name   string // unique in its role, with "/": such as "cpp/harness.cpp" or "secret/1.in"
	Path   string // where it is on this machine
	SHA256 string // of its content, in hex
}

// Manifest is every file of a problem that a judging reads, and nothing else. What
// hashes, copies, keeps or sends a problem goes through it, so none can be
// forgotten in one place. It is sorted by role and name.
type Manifest []ManifestFile

// With is the manifest with more files. One of the same role and name takes the
// place of the one that was there.
func (m Manifest) With(files ...ManifestFile) Manifest {
	out := slices.Concat(files, m)
	slices.SortStableFunc(out, compareFiles)
	return slices.CompactFunc(out, func(a, b ManifestFile) bool { return compareFiles(a, b) == 0 })
}

// Without is the manifest without the files of some roles.
func (m Manifest) Without(roles ...FileRole) Manifest {
	return slices.DeleteFunc(slices.Clone(m), func(f ManifestFile) bool { return slices.Contains(roles, f.Role) })
}

// Of are the files of one role, by name.
func (m Manifest) Of(r FileRole) Manifest {
	from, _ := slices.BinarySearchFunc(m, r, func(f ManifestFile, r FileRole) int { return cmp.Compare(f.Role, r) })
	to := from
	for to < len(m) && m[to].Role == r {
		to++
	}
	return m[from:to:to]
}

// Find is the file of that role and name.
func (m Manifest) Find(r FileRole, name string) (f ManifestFile, ok bool) {
	i, ok := slices.BinarySearchFunc(m, ManifestFile{Role: r, Name: name}, compareFiles)
	if !ok {
		return ManifestFile{}, false
	}
	return m[i], true
}

// Paths are where the files are on this machine, in the manifest's order.
func (m Manifest) Paths() []string {
	out := make([]string, len(m))
	for i, f := range m {
		out[i] = f.Path
	}
	return out
}

func compareFiles(a, b ManifestFile) int {
	return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Name, b.Name))
}

// Includes are the files that are compiled with every submission in a language of a
// family: those of its folder of include/.
func (p Problem) Includes(family string) Manifest {
	return slices.DeleteFunc(slices.Clone(p.Files.Of(IncludeRole)), func(f ManifestFile) bool { return path.Dir(f.Name) != family })
}

// HasReference says that times are compared with those of a reference.
func (p Problem) HasReference() bool { return len(p.Files.Of(ReferenceRole)) > 0 }

// InputPath is where the input file of a test case is on this machine; empty if
// it is not among the problem's files.
func (p Problem) InputPath(t TestCase) string {
	f, _ := p.Files.Find(InputRole, t.InputName())
	return f.Path
}

// AnswerPath is where the answer file of a test case is on this machine; empty if
// it is not among the problem's files.
func (p Problem) AnswerPath(t TestCase) string {
	f, _ := p.Files.Find(AnswerRole, t.AnswerName())
	return f.Path
}

// HasValidator says that an output validator of the problem's own decides.
func (p Problem) HasValidator() bool { return len(p.Files.Of(ValidatorRole)) > 0 }

// CaseFiles are the files that a submission finds in its work folder when it is run on
// a test case. WorkName says under which names.
func (p Problem) CaseFiles(t TestCase) Manifest {
	return slices.DeleteFunc(slices.Clone(p.Files.Of(CaseFileRole)), func(f ManifestFile) bool { return !strings.HasPrefix(f.Name, t.filesFolder()) })
}

// WorkName is what one of CaseFiles is called in the work folder, with "/".
func (t TestCase) WorkName(f ManifestFile) string { return strings.TrimPrefix(f.Name, t.filesFolder()) }

// CaseFileName is the name among the files of a problem of what is called workName in
// the work folder.
func (t TestCase) CaseFileName(workName string) string { return t.filesFolder() + workName }

func (t TestCase) filesFolder() string { return t.Name + ".files/" }

// InputName is the name of its input file among the files of a problem.
func (t TestCase) InputName() string { return t.Name + ".in" }

// AnswerName is the name of its answer file among the files of a problem.
func (t TestCase) AnswerName() string { return t.Name + ".ans" }
