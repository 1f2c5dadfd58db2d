package problem

import (
	"math"
	"math/big"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"contest/judge"

	"contest/judge/yamlfile"
)

var knownFlags = []string{
	"case_sensitive", "space_change_sensitive",
	"float_absolute_tolerance", "float_relative_tolerance", "float_tolerance",
}

// parseFlags reads the arguments of the default output validator:
// case_sensitive, space_change_sensitive, float_absolute_tolerance E,
// float_relative_tolerance E, float_tolerance E.
func parseFlags(args []string) (judge.Validation, *Error) {
	var v judge.Validation
	given := map[string]bool{}
	for i := 0; i < len(args); i++ {
		flag := args[i]
		if given[flag] {
			return v, &Error{Message: "the flag " + flag + " is given twice", Hint: "give it once: judges do not agree which of the two holds"}
		}
		given[flag] = true
		switch flag {
		case "case_sensitive":
			v.CaseSensitive = true
		case "space_change_sensitive":
			v.SpaceSensitive = true
		case "float_absolute_tolerance", "float_relative_tolerance", "float_tolerance":
			i++
			if i == len(args) {
				return v, &Error{Message: "no tolerance after " + flag, Hint: "write one, such as " + flag + " 1e-6"}
			}
			e, bad := tolerance(args[i])
			if bad != nil {
				return v, bad
			}
			if flag != "float_relative_tolerance" {
				v.AbsoluteTolerance = &e
			}
			if flag != "float_absolute_tolerance" {
				v.RelativeTolerance = &e
			}
		default:
			return v, &Error{Message: "unknown flag " + strconv.Quote(flag) + " of the default output validator", Hint: judge.Suggest(flag, knownFlags)}
		}
	}
	if given["float_tolerance"] && (given["float_absolute_tolerance"] || given["float_relative_tolerance"]) {
		return v, &Error{Message: "float_tolerance stands beside float_absolute_tolerance or float_relative_tolerance",
			Hint: "float_tolerance E is both: give either that, or the two others: judges do not agree which holds"}
	}
	return v, nil
}

var tolerancePattern = regexp.MustCompile(`^[0-9]{1,30}(\.[0-9]{0,30})?([eE][+-]?[0-9]{1,3})?$|^\.[0-9]{1,30}([eE][+-]?[0-9]{1,3})?$`)

func tolerance(text string) (float64, *Error) {
	e, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(e, 0) || !tolerancePattern.MatchString(text) {
		return 0, &Error{Message: strconv.Quote(text) + " is not a tolerance", Hint: "write it like 1e-6 or 0.001"}
	}
	// Outputs are compared exactly, with what the shortest text of e says.
	written, ok := new(big.Rat).SetString(text)
	kept, _ := new(big.Rat).SetString(strconv.FormatFloat(e, 'g', -1, 64))
	if !ok || written.Cmp(kept) != 0 {
		return 0, &Error{Message: "the tolerance " + text + " has more digits than are kept", Hint: "write it with at most 15 digits, from 1e-300 on"}
	}
	return e, nil
}

// flags reads arguments of a validator: a text, as the legacy format has it, or
// a list, as 2025-09 has it.
func (d *document) flags(n *yaml.Node) []string {
	if n.Kind == yaml.ScalarNode {
		return strings.Fields(n.Value)
	}
	return d.Texts(n)
}

// validation reads flags of the default output validator that follow those of
// before.
func (d *document) validation(n *yaml.Node, before []string) judge.Validation {
	v, bad := parseFlags(slices.Concat(before, d.flags(n)))
	if bad != nil {
		d.FailAt(n, bad.Hint, "%s", bad.Message)
	}
	return v
}

// groupSettings are the two names of the file with a test group's settings.
var groupSettings = []string{"test_group.yaml", "testdata.yaml"}

// readGroups reads the settings of data, data/sample and data/secret. The
// nearer file holds, after the validator_flags of problem.yaml, which stand before
// those of any; one validation is used for the whole problem.
func (l *loader) readGroups() error {
	l.findOutputValidator() // whose arguments are in the settings of groups
	for _, folder := range []string{"data", secretFolder} {
		v, given, err := l.readGroup(folder)
		if err != nil {
			return err
		}
		if given {
			l.settings.validation = v
		}
	}
	v, given, err := l.readGroup(sampleFolder)
	if err != nil {
		return err
	}
	if given && !sameValidation(v, l.settings.validation) {
		l.unsupported(sampleFolder, "samples that are compared in another way than secret test cases")
	}
	return nil
}

// readGroup reads the settings of one folder; given is false if they say
// nothing about the default output validator.
func (l *loader) readGroup(folder string) (v judge.Validation, given bool, err error) {
	for _, name := range groupSettings {
		p := path.Join(folder, name)
		if !l.tree.isFile(p) {
			continue
		}
		data, ok, err := l.tree.read(p, maxSettings, &l.findings)
		if err != nil {
			return v, given, err
		}
		if ok {
			d := newLenientDocument(&l.findings, p)
			flags := func(n *yaml.Node) { v, given = d.validation(n, l.pkg.validatorFlags), true }
			if l.pkg.validator != "" {
				flags = l.pkg.outputArgs.ofPrograms(d, folder)
			}
			d.readGroup(data, flags, l.pkg.inputArgs.ofPrograms(d, folder), l.pkg.runArgs.ofAll(d, folder))
		}
	}
	return v, given, nil
}

// readGroup reads one file of test group settings.
func (d *document) readGroup(data []byte, flags, inputArgs, runArgs func(*yaml.Node)) {
	root := d.Parse(data)
	if root == nil {
		return
	}
	pictures := d.noEffect("pictures are not made")
	keys := handlers{
		"output_validator_args": flags, "output_validator_flags": flags,
		"input_validator_args": inputArgs, "input_validator_flags": inputArgs, "args": runArgs,
		"input_visualizer_args": pictures, "output_visualizer_args": pictures,
		"full_feedback": d.noEffect("feedback in judge.yaml says what is told"),
	}
	for _, key := range []string{
		"grader_flags", "accept_score", "reject_score", "range",
		"max_score", "score_aggregation", "require_pass", "static_validation_score",
	} {
		keys[key] = d.refuse(key)
	}
	keys["grading"] = d.only("grading", "default")
	keys["on_reject"] = d.only("on_reject", "break")
	d.Mapping(root, keys)
}

// only is the handler of a key of which a single value is supported.
func (d *document) only(key, value string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if got, ok := d.Text(n); ok && got != value {
			d.refuse(key + ": " + yamlfile.Printable(got))(n)
		}
	}
}

func sameValidation(a, b judge.Validation) bool {
	same := func(x, y *float64) bool { return x == y || x != nil && y != nil && *x == *y }
	return a.CaseSensitive == b.CaseSensitive && a.SpaceSensitive == b.SpaceSensitive &&
		same(a.AbsoluteTolerance, b.AbsoluteTolerance) && same(a.RelativeTolerance, b.RelativeTolerance)
}
