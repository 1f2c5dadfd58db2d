package problem

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"contest/judge"
)

// The most that a command line may have.
const (
	maxArgument  = 4096 // bytes of one argument
	maxArguments = 256
)

// arguments reads a list of arguments of a program.
func (d *document) arguments(n *yaml.Node) []string { return d.runnable(n, d.Texts(n)) }

// runnable are arguments that a program can be called with.
func (d *document) runnable(n *yaml.Node, args []string) []string {
	if len(args) > maxArguments {
		d.FailAt(n, "let the program read a file", "there are %d arguments; at most %d are allowed", len(args), maxArguments)
	}
	for _, a := range args {
		switch {
		case len(a) > maxArgument:
			d.FailAt(n, "let the program read a file", "an argument has %d bytes; at most %d are allowed", len(a), maxArgument)
		case strings.ContainsRune(a, 0):
			d.FailAt(n, "remove it", "an argument has a zero byte, which no program can be called with")
		}
	}
	return args
}

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
			a[p][""] = d.runnable(n, d.flags(n))
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			a[p][n.Content[i].Value] = d.runnable(n.Content[i+1], d.flags(n.Content[i+1]))
		}
	}
}

// ofAll is the handler of a list of arguments that holds for every program.
func (a arguments) ofAll(d *document, p string) func(*yaml.Node) {
	return func(n *yaml.Node) { a[p] = map[string][]string{"": d.arguments(n)} }
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
