package contest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"contest/judge"
)

// maxSettings bounds contest.yaml, in bytes.
const maxSettings = 1 << 20

// DefaultListen is where judge serve listens unless told otherwise.
const DefaultListen = "127.0.0.1:8080"

// SettingsError is one thing wrong in contest.yaml.
type SettingsError struct {
	File    string
	Line    int // from 1; 0 where it is about the whole file
	Message string
	Hint    string
}

func (e SettingsError) Error() string {
	where := e.File
	if e.Line > 0 {
		where = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	if e.Hint == "" {
		return fmt.Sprintf("%s: %s", where, e.Message)
	}
	return fmt.Sprintf("%s: %s; %s", where, e.Message, e.Hint)
}

// SettingsErrors are all that is wrong in contest.yaml.
type SettingsErrors []SettingsError

func (es SettingsErrors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// ReadSettings reads contest.yaml. Everything wrong in it is reported at once.
func ReadSettings(path string) (judge.Contest, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return judge.Contest{}, SettingsErrors{{File: path, Message: errors.Unwrap(err).Error(), Hint: "judge init makes a contest"}}
	}
	return ParseSettings(filepath.Base(path), text)
}

// ParseSettings reads the text of a contest.yaml; name stands in errors.
func ParseSettings(name string, text []byte) (judge.Contest, error) {
	p := &settingsParser{file: name, values: map[string]*yaml.Node{}}
	p.parse(text)
	c := p.contest()
	if len(p.errs) > 0 {
		return judge.Contest{}, p.errs
	}
	return c, nil
}

// keys are all keys of contest.yaml.
var keys = []string{"name", "about", "prizes", "timezone", "start", "deadline", "grace", "test_set", "problems", "listen"}

type settingsParser struct {
	file   string
	values map[string]*yaml.Node
	errs   SettingsErrors
}

func (p *settingsParser) fail(line int, hint, format string, args ...any) {
	p.errs = append(p.errs, SettingsError{File: p.file, Line: line, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// parse fills values from the top-level mapping.
func (p *settingsParser) parse(text []byte) {
	if len(text) > maxSettings {
		p.fail(0, "settings are a few lines", "the file has %d bytes", len(text))
		return
	}
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&doc); err != nil {
		line, message := yamlError(err)
		p.fail(line, "indent with spaces, and write each setting as key: value", "%s", message)
		return
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		p.fail(root.Line, "write each setting as key: value", "the file is not a list of settings")
		return
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		switch {
		case !isKey(key.Value):
			p.fail(key.Line, judge.Suggest(key.Value, keys), "unknown key %q", key.Value)
		case p.values[key.Value] != nil:
			p.fail(key.Line, "keep one of the two", "the key %q stands twice", key.Value)
		default:
			p.values[key.Value] = value
		}
	}
}

func isKey(name string) bool {
	for _, k := range keys {
		if k == name {
			return true
		}
	}
	return false
}

var lineInError = regexp.MustCompile(`line (\d+): `)

func yamlError(err error) (int, string) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	if err.Error() == "EOF" {
		return 0, "the file is empty"
	}
	m := lineInError.FindStringSubmatchIndex(message)
	if m == nil {
		return 0, message
	}
	line, _ := strconv.Atoi(message[m[2]:m[3]])
	return line, message[:m[0]] + message[m[1]:]
}

// text is a setting's value, and the line where it stands.
func (p *settingsParser) text(key string) (string, int) {
	n := p.values[key]
	if n == nil {
		return "", 0
	}
	if n.Kind != yaml.ScalarNode {
		p.fail(n.Line, "write it as "+key+": value", "%s is not a single value", key)
		return "", n.Line
	}
	if n.Tag == "!!null" {
		return "", n.Line
	}
	return n.Value, n.Line
}

func (p *settingsParser) contest() judge.Contest {
	c := judge.Contest{Zone: time.UTC, TestSet: "full", Listen: DefaultListen}
	c.Name, _ = p.text("name")
	if c.Name == "" && len(p.errs) == 0 {
		p.fail(0, `add a line such as name: "Spring contest"`, "the contest has no name")
	}
	c.About, _ = p.text("about")
	c.Prizes, _ = p.text("prizes")
	if set, line := p.text("test_set"); set != "" {
		c.TestSet = set
		if set != "full" && set != "demo" {
			p.fail(line, "write full or demo", "there is no test set %q", set)
		}
	}
	if listen, _ := p.text("listen"); listen != "" {
		c.Listen = listen
	}
	p.times(&c)
	p.problems(&c)
	return c
}

func (p *settingsParser) times(c *judge.Contest) {
	if name, line := p.text("timezone"); name != "" {
		zone, err := time.LoadLocation(name)
		if err != nil || name == "Local" {
			p.fail(line, "write a name of the tz database, such as Asia/Dubai or UTC", "there is no time zone %q", name)
			return
		}
		c.Zone = zone
	}
	if text, line := p.text("start"); text != "" {
		var err error
		if c.Start, err = judge.ParseTime(text, c.Zone); err != nil {
			p.invalid(line, "start: ", err)
		}
	}
	if text, line := p.text("deadline"); text != "" {
		var err error
		if c.Deadline, err = judge.ParseDeadline(text, c.Zone); err != nil {
			p.invalid(line, "deadline: ", err)
		} else if !c.Start.IsZero() && !c.Start.Before(c.Deadline.Cutoff) {
			p.fail(line, "move one of them", "the deadline is not after the start")
		}
	}
	if text, line := p.text("grace"); text != "" {
		grace, err := time.ParseDuration(text)
		if err != nil || grace < 0 || grace > time.Hour {
			p.fail(line, "write a time up to 1h, such as 120s", "grace: %q is not a short time", text)
			return
		}
		c.Deadline.Grace = grace
	}
}

// invalid takes over an error with its hint.
func (p *settingsParser) invalid(line int, what string, err error) {
	var in *judge.Invalid
	if errors.As(err, &in) {
		p.fail(line, in.Hint, "%s%s", what, in.Message)
		return
	}
	p.fail(line, "", "%s%v", what, err)
}

func (p *settingsParser) problems(c *judge.Contest) {
	n := p.values["problems"]
	if n == nil || n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.SequenceNode {
		p.fail(n.Line, "write it as problems: [first, second]", "problems is not a list")
		return
	}
	seen := map[string]bool{}
	for _, item := range n.Content {
		switch {
		case item.Kind != yaml.ScalarNode || item.Value == "":
			p.fail(item.Line, "name folders of problems/", "this is not the name of a problem")
		case seen[item.Value]:
			p.fail(item.Line, "keep one of the two", "problem %q stands twice", item.Value)
		default:
			seen[item.Value] = true
			c.Problems = append(c.Problems, judge.ProblemID(item.Value))
		}
	}
}
