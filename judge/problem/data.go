package problem

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"contest/judge"
)

// maxDescription is the most bytes kept of a test case's description.
const maxDescription = 200

func isGroupSettings(name string) bool { return slices.Contains(groupSettings, name) }

// readData lists the test cases that are files of the package.
func (l *loader) readData() error {
	for _, folder := range []string{sampleFolder, secretFolder} {
		for _, p := range l.tree.files(folder) {
			if err := l.readDataFile(folder, p); err != nil {
				return err
			}
		}
	}
	matched := map[string]bool{}
	for i, t := range l.pkg.Tests {
		l.pkg.Tests[i].Timed = l.rules.isTimed(t, matched)
	}
	for _, g := range l.rules.timed {
		if !matched[g.pattern] {
			d := newDocument(&l.findings, rulesFile)
			d.FailAt(g.node, `test cases have names such as "secret/large-1"; generated ones say it in their cases`, "%q matches no test case", g.pattern)
		}
	}
	return nil
}

// readDataFile takes one file below data/sample or data/secret.
func (l *loader) readDataFile(folder, p string) error {
	base, ext := strings.TrimSuffix(p, path.Ext(p)), path.Ext(p)
	switch {
	case strings.Contains(path.Dir(p)+"/", ".files/"):
		l.addCaseFile(p)
	case ext == ".in":
		return l.addTest(folder, base)
	case ext == ".ans":
		if !l.tree.isFile(base + ".in") {
			l.Fail(p, "add the input or remove the answer", "there is no %s.in beside it", path.Base(base))
		}
	case isGroupSettings(path.Base(p)):
		if path.Dir(p) != folder {
			l.unsupported(p, "test groups")
		}
	case slices.Contains(besideTests, ext):
		if !l.tree.isFile(base + ".in") {
			l.Warn(p, "rename it after a test case", "it belongs to no test case: there is no %s.in", path.Base(base))
		}
	case ext == ".yaml" && l.tree.isFile(base+".in"):
		return l.readTestSettings(p)
	case ext == ".args":
		l.unsupported(p, "arguments of a submission")
	case slices.Contains(shownOfTests, ext):
		l.noEffect(p, "it says what of a test case is shown")
	case l.besideData(p):
	default:
		l.Fail(p, "a test case is a pair of .in and .ans files", "data has nothing of this name")
	}
	return nil
}

// addCaseFile takes a file that submissions find in their work folder.
func (l *loader) addCaseFile(p string) {
	test, name, _ := strings.Cut(p, ".files/")
	switch {
	case !l.tree.isFile(test + ".in"):
		l.Fail(test+".files", "rename the folder after a test case", "it belongs to no test case: there is no %s.in beside it", path.Base(test))
	case strings.Contains(path.Dir(name)+"/", ".files/"):
		l.Fail(p, "rename the inner folder", "a folder of a test case's files cannot be in another")
	default:
		l.add(judge.CaseFileRole, strings.TrimPrefix(p, "data/"), l.tree.abs(p))
	}
}

// shownOfTests are files that say what contestants see of a test case, or are a
// good output of it; none of them is judged with.
var shownOfTests = []string{".statement", ".download", ".interaction", ".out"}

// readTestSettings reads the settings of one test case.
func (l *loader) readTestSettings(p string) error {
	data, ok, err := l.tree.read(p, maxSettings, &l.findings)
	if !ok {
		return err
	}
	d := newLenientDocument(&l.findings, p)
	root := d.Parse(data)
	if root == nil {
		return nil
	}
	test := strings.TrimSuffix(p, path.Ext(p))
	validatorArgs := d.refuse("arguments of the default output validator for one test case")
	if l.pkg.validator != "" {
		validatorArgs = l.pkg.outputArgs.ofPrograms(d, test)
	}
	d.Mapping(root, handlers{
		"hint": d.unread, "description": d.unread,
		"input_validator_args":   l.pkg.inputArgs.ofPrograms(d, test),
		"output_validator_args":  validatorArgs,
		"args":                   l.pkg.runArgs.ofAll(d, test),
		"full_feedback":          d.noEffect("feedback in judge.yaml says what is told"),
		"input_visualizer_args":  d.noEffect("pictures are not made"),
		"output_visualizer_args": d.noEffect("pictures are not made"),
	})
	return nil
}

// besideData passes over what authors keep beside their test cases.
func (l *loader) besideData(p string) bool {
	switch name := path.Base(p); {
	case !l.tree.isFile(p):
		return false
	case isSource(name):
		l.noEffect(p, "a program in data/ is not run; judge.yaml names the generator")
	case IsNote(name):
		l.noEffect(p, "only people read it")
	default:
		return false
	}
	return true
}

// besideTests may stand beside a test case without a meaning for the judge.
var besideTests = []string{".desc", ".hint", ".png", ".jpg", ".jpeg", ".svg"}

// addTest takes one test case by the path of its files without extension.
func (l *loader) addTest(folder, base string) error {
	l.secretSeen = l.secretSeen || folder == secretFolder
	t := judge.TestCase{
		Name: strings.TrimPrefix(base, "data/"), Sample: folder == sampleFolder,
	}
	if !l.tree.isFile(base + ".ans") {
		l.incomplete = true
		l.Fail(base+".in", "run an accepted submission on it and keep what it prints", "there is no %s.ans beside it", path.Base(base))
		return nil
	}
	if size, most := l.tree.entries[base+".ans"].size, l.settings.limits.OutputBytes; size > most {
		l.Fail(base+".ans", "raise limits.output in problem.yaml", "the answer has %d bytes, more than a submission may print (%d)", size, most)
	}
	if p := base + ".desc"; l.tree.isFile(p) {
		data, ok, err := l.tree.read(p, maxSettings, &l.findings)
		if err != nil {
			return err
		}
		if ok {
			t.Description = firstLine(data)
		}
	}
	l.add(judge.InputRole, t.InputName(), l.tree.abs(base+".in"))
	l.add(judge.AnswerRole, t.AnswerName(), l.tree.abs(base+".ans"))
	l.pkg.Tests = append(l.pkg.Tests, t)
	return nil
}

// firstLine is a description on one line.
func firstLine(data []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimSpace(data), []byte("\n"))
	line = bytes.ToValidUTF8(line[:min(len(line), maxDescription)], nil)
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, string(line)))
}
