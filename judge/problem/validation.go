package problem

import (
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"contest/judge"

	"contest/judge/yamlfile"
)

// ParseFlags reads the arguments of the default output validator:
// case_sensitive, space_change_sensitive, float_absolute_tolerance E,
// float_relative_tolerance E, float_tolerance E.
func ParseFlags(args []string) (judge.Validation, error) {
	v, bad := parseFlags(args)
	if bad != nil {
		return judge.Validation{}, &judge.Invalid{Message: bad.Message, Hint: bad.Hint}
	}
	return v, nil
}

var knownFlags = []string{
	"case_sensitive", "space_change_sensitive",
	"float_absolute_tolerance", "float_relative_tolerance", "float_tolerance",
}

func parseFlags(args []string) (judge.Validation, *Error) {
	var v judge.Validation
	for i := 0; i < len(args); i++ {
		switch flag := args[i]; flag {
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
	return v, nil
}

var tolerancePattern = regexp.MustCompile(`^[0-9]{1,30}(\.[0-9]{0,30})?([eE][+-]?[0-9]{1,3})?$|^\.[0-9]{1,30}([eE][+-]?[0-9]{1,3})?$`)

func tolerance(text string) (float64, *Error) {
	e, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(e, 0) || !tolerancePattern.MatchString(text) {
		return 0, &Error{Message: strconv.Quote(text) + " is not a tolerance", Hint: "write it like 1e-6 or 0.001"}
	}
	return e, nil
}

// validatorFlags reads flags of the default validator: a text, as the legacy
// format has it, or a list, as 2025-09 has it.
func (d *document) validatorFlags(n *yaml.Node) judge.Validation {
	var args []string
	if n.Kind == yaml.ScalarNode {
		args = strings.Fields(n.Value)
	} else {
		args = d.Texts(n)
	}
	v, bad := parseFlags(args)
	if bad != nil {
		d.FailAt(n, bad.Hint, "%s", bad.Message)
	}
	return v
}

// groupSettings are the two names of the file with a test group's settings.
var groupSettings = []string{"test_group.yaml", "testdata.yaml"}

// readGroups reads the settings of data, data/sample and data/secret. The
// nearer file holds; one validation is used for the whole problem.
func (l *loader) readGroups() error {
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
		l.Fail(sampleFolder, "give data/sample and data/secret the same flags",
			"samples that are compared in another way than secret test cases: not supported yet")
	}
	return nil
}

// readGroup reads the settings of one folder; given is false if they say
// nothing about the output validator.
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
			d.readGroup(data, func(n *yaml.Node) { v, given = d.validatorFlags(n), true })
		}
	}
	return v, given, nil
}

// readGroup reads one file of test group settings.
func (d *document) readGroup(data []byte, flags func(*yaml.Node)) {
	root := d.Parse(data)
	if root == nil {
		return
	}
	keys := handlers{"output_validator_args": flags, "output_validator_flags": flags}
	for _, key := range []string{
		"grader_flags", "input_validator_flags", "input_validator_args", "accept_score", "reject_score", "range",
		"max_score", "score_aggregation", "require_pass", "static_validation_score", "args",
		"input_visualizer_args", "output_visualizer_args",
	} {
		keys[key] = d.refuse(key)
	}
	keys["grading"] = d.only("grading", "default")
	keys["on_reject"] = d.only("on_reject", "break")
	keys["full_feedback"] = d.only("full_feedback", "false")
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
