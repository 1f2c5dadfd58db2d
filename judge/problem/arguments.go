package problem

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"contest/judge"
)

// arguments are what a package gives programs on their command lines: by the path of a
// test case or of a folder in the package, and there by the program's name, "" for
// every program.
type arguments map[string]map[string][]string

// ofPrograms is the handler of arguments for one test case or for those of a folder: of
// all programs, or of each by its name.
func (a arguments) ofPrograms(d *document, p string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		a[p] = map[string][]string{}
		if n.Kind != yaml.MappingNode {
			a[p][""] = d.flags(n)
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			a[p][n.Content[i].Value] = d.flags(n.Content[i+1])
		}
	}
}

// ofAll is the handler of a list of arguments that holds for every program.
func (a arguments) ofAll(d *document, p string) func(*yaml.Node) {
	return func(n *yaml.Node) { a[p] = map[string][]string{"": d.Texts(n)} }
}

// find are the arguments of a program on a test case: those of the test case, or else
// of the nearest folder. Tests that are made for a final have those of secret ones.
func (a arguments) find(program, test string) []string {
	if rest, fresh := strings.CutPrefix(test, freshGroup+"/"); fresh {
		test = secretGroup + "/" + rest
	}
	name := path.Base(program)
	for at := "data/" + test; at != "."; at = path.Dir(at) {
		if given, ok := a[at]; ok {
			for _, called := range []string{name, strings.TrimSuffix(name, path.Ext(name)), ""} {
				if args, ok := given[called]; ok {
					return args
				}
			}
			return nil
		}
	}
	return nil
}

// InputArgs are the arguments with which the package has an input validator run on a
// test case.
func (p *Package) InputArgs(v Program, t judge.TestCase) []string {
	return p.inputArgs.find(v.Name, t.Name)
}

// withArgs is a test case with the arguments that the package has for it.
func (p *Package) withArgs(t judge.TestCase) judge.TestCase {
	t.Args = p.runArgs.find("", t.Name)
	if p.validator != "" {
		t.ValidatorArgs = append(append([]string(nil), p.validatorFlags...), p.outputArgs.find(p.validator, t.Name)...)
	}
	return t
}
