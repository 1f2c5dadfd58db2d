package problem

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"contest/judge"
	"contest/judge/language"
)

// The organiser's own programs are written in C++, the family of the default language.
func isCpp(p string) bool    { return language.Default().IsSource(p) }
func isHeader(p string) bool { return language.Default().IsHeader(p) }

// listIncludes lists the files that are compiled with every submission: for each
// family of languages those of its folder, or else those for every language.
func (l *loader) listIncludes() {
	families := language.Families()
	for _, name := range l.tree.names("include") {
		if !slices.Contains(families, name) && name != "default" {
			l.Warn("include/"+name, "", "this has no effect: no language of this judge takes it, but include/%s", strings.Join(families, ", include/"))
		}
	}
	for _, family := range families {
		folder := "include/" + family
		if !l.tree.isDir(folder) {
			folder = "include/default"
		}
		l.listIncludesOf(family, folder)
	}
}

func (l *loader) listIncludesOf(family, folder string) {
	for _, name := range l.tree.names(folder) {
		p := path.Join(folder, name)
		if l.tree.isDir(p) {
			l.Fail(p, "put the files into "+folder+" itself", "folders of included files: not supported yet")
			continue
		}
		l.add(judge.IncludeRole, path.Join(family, name), l.tree.abs(p))
	}
}

// headers are the included files that are not compiled on their own.
func (l *loader) headers() []string {
	var out []string
	for _, f := range l.files {
		if f.Role == judge.IncludeRole && path.Dir(f.Name) == language.Default().Family && !isCpp(f.Name) {
			out = append(out, f.Path)
		}
	}
	return out
}

// listPrograms lists input validators, the generator and attachments.
func (l *loader) listPrograms() {
	for _, folder := range []string{"input_validators", "input_format_validators"} {
		l.listValidators(folder)
	}
	if len(l.pkg.InputValidators) == 0 {
		l.Warn("input_validators", "write a program that exits with 42 for a good input", "nothing checks the inputs")
	}
	for _, p := range l.tree.files("attachments") {
		l.pkg.Attachments = append(l.pkg.Attachments, l.tree.abs(p))
	}
	l.takeGenerator()
}

func (l *loader) listValidators(folder string) {
	for _, name := range l.tree.names(folder) {
		p := path.Join(folder, name)
		switch {
		case isHeader(name) && l.tree.isFile(p):
		case IsNote(name) && l.tree.isFile(p):
		case l.tree.isFile(p) && !isCpp(name), l.tree.isDir(p) && !l.buildsAsCpp(p):
			l.Warn(p, "write it in C++", "this input validator is not run: only C++ is")
		default:
			l.pkg.InputValidators = append(l.pkg.InputValidators, l.program(p))
		}
	}
}

// buildsAsCpp says whether a folder is a program that is compiled from C++ alone.
func (l *loader) buildsAsCpp(folder string) bool {
	names := l.tree.names(folder)
	return slices.ContainsFunc(names, isCpp) && !slices.Contains(names, "build") && !slices.Contains(names, "run")
}

// program takes a file, with the headers beside it, or a folder.
func (l *loader) program(p string) Program {
	prog := Program{Name: p, Headers: l.headers()}
	folder := p
	if l.tree.isFile(p) {
		prog.Files = append(prog.Files, l.tree.abs(p))
		folder = path.Dir(p)
	}
	units := len(prog.Files)
	for _, name := range l.tree.names(folder) {
		q := path.Join(folder, name)
		switch {
		case folder != p && !isHeader(name), q == p:
		case l.tree.isDir(q):
			l.Fail(q, "put the files into "+folder+" itself", "folders inside a program: not supported yet")
		case name == "build" || name == "run":
			l.unsupported(q, "a program with its own script "+name)
		default:
			prog.Files = append(prog.Files, l.tree.abs(q))
			if isCpp(name) {
				units++
			}
		}
	}
	if units == 0 {
		l.Fail(p, "name it with one of "+strings.Join(language.Default().Sources, " "), "there is no C++ file")
	}
	return prog
}

// exampleWants are the verdicts that fit in each folder of submissions/; nil
// means anything but AC.
var exampleWants = map[string][]judge.Verdict{
	"accepted":              {judge.Accepted},
	"slow_accepted":         {judge.Accepted},
	"wrong_answer":          {judge.Wrong},
	"no_output":             {judge.Wrong},
	"time_limit_exceeded":   {judge.TimeOut},
	"time_limit":            {judge.TimeOut},
	"run_time_error":        {judge.Crash},
	"runtime_error":         {judge.Crash},
	"memory_limit_exceeded": {judge.Memory},
	"memory_limit":          {judge.Memory},
	"output_limit_exceeded": {judge.Output},
	"output_limit":          {judge.Output},
	"compile_error":         {judge.Compile},
	"compiler_error":        {judge.Compile},
	"brute_force":           {judge.TimeOut, judge.Memory, judge.Crash},
	"rejected":              nil,
}

// notExamples are folders of archives without a verdict that could be checked.
var notExamples = []string{
	"partially_accepted", "partial", "mixed", "multiple", "check_manually", "security_violation",
	"time_limit_exceeded_not_needed", "slow_do_not_use_for_tle",
}

// readExamples reads the example submissions.
func (l *loader) readExamples() error {
	accepted := false
	for _, verdict := range l.tree.names(examplesFolder) {
		folder := path.Join(examplesFolder, verdict)
		want, known := exampleWants[verdict]
		switch {
		case verdict == "submissions.yaml":
			l.noEffect(folder, "example submissions are held to the verdict of their folder")
			continue
		case slices.Contains(notExamples, verdict) && l.tree.isDir(folder):
			l.Warn(folder, "", "these are not judged: no one verdict belongs to this folder")
			continue
		case isDocument(verdict) && l.tree.isFile(folder):
			continue
		case !known || !l.tree.isDir(folder):
			l.Fail(folder, judge.Suggest(verdict, keys(exampleWants)), "no verdict has this folder")
			continue
		}
		for _, name := range l.tree.names(folder) {
			ok, err := l.readExample(path.Join(verdict, name), want)
			if err != nil {
				return err
			}
			accepted = accepted || ok && slices.Contains(want, judge.Accepted)
		}
	}
	if !accepted {
		l.Fail(examplesFolder+"/accepted", "add a C++ solution: it proves that the problem can be solved within its limits", "there is no accepted example submission")
	}
	l.takeReference()
	return nil
}

// takeReference finds the reference among the example submissions: as one, it
// is verified with the package.
func (l *loader) takeReference() {
	r := l.rules
	if r.referenceNode == nil {
		return
	}
	d := newDocument(&l.findings, rulesFile)
	var accepted []string
	for _, ex := range l.pkg.Examples {
		if !slices.Contains(ex.Want, judge.Accepted) {
			continue
		}
		if ex.Name == r.reference {
			for _, abs := range ex.Files {
				l.add(judge.ReferenceRole, filepath.Base(abs), abs)
			}
			return
		}
		accepted = append(accepted, ex.Name)
	}
	hint := "name one of submissions/accepted, such as accepted/reference.cpp"
	if len(accepted) > 0 {
		hint = judge.Suggest(r.reference, accepted)
	}
	d.FailAt(r.referenceNode, hint, "there is no accepted example submission %q", r.reference)
}

// readExample reads one example submission, checked like any contestant's.
func (l *loader) readExample(name string, want []judge.Verdict) (bool, error) {
	p := path.Join(examplesFolder, name)
	paths := []string{p}
	if l.tree.isDir(p) {
		paths = l.tree.files(p)
	}
	if !slices.ContainsFunc(paths, language.IsSource) {
		if l.tree.isFile(p) && isHeader(p) {
			l.Fail(p, "put it into a folder together with its program", "a header alone is not a program")
		} else {
			l.Warn(p, "", "this has no effect: no language of this judge compiles it")
		}
		return false, nil
	}
	ex := judge.Example{Name: name, Want: want}
	var files []judge.File
	for _, q := range paths {
		if path.Dir(q) != path.Dir(p) && path.Dir(q) != p {
			l.Fail(q, "put the files into "+p+" itself", "folders inside a program: not supported yet")
			return false, nil
		}
		data, ok, err := l.tree.read(q, maxCodeKiB*kib, &l.findings)
		if !ok {
			return false, err
		}
		ex.Files = append(ex.Files, l.tree.abs(q))
		files = append(files, judge.File{Name: path.Base(q), Data: data})
	}
	if err := judge.ValidateFiles(files, l.settings.limits.CodeBytes); err != nil {
		l.Fail(p, "an example follows the rules for contestants", "it cannot be submitted: %v", err)
		return false, nil
	}
	l.pkg.Examples = append(l.pkg.Examples, ex)
	return true, nil
}
