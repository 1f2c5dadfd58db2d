// Package yamlfile reads the project's YAML files strictly: contest.yaml,
// problem.yaml, judge.yaml. Everything wrong is noted with its line and its
// cure, values are taken as they were written, and what settings do not need
// (anchors, explicit types, several documents) is refused.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"contest/judge"
)

// MaxBytes is the most bytes of a file of settings.
const MaxBytes = 1 << 20

// Document is one YAML file while it is read. Values are taken from nodes, so
// that each complaint has a line, and as the text that was written, so that
// nothing is converted behind the organiser's back.
type Document struct {
	*Findings
	Name string // stands in complaints
	// EmptyIsAbsent passes over keys without a value, as archives of the
	// package formats are full of them.
	EmptyIsAbsent bool
}

// Handlers are the keys that a mapping may have and what reads their values.
type Handlers map[string]func(*yaml.Node)

// Parse reads one file and returns its top level; nil if it could not be read
// as YAML at all, which has then been noted.
func (d *Document) Parse(data []byte) *yaml.Node {
	if !d.Clean(data) {
		return nil
	}
	var root yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&root); err != nil && !errors.Is(err, io.EOF) {
		d.syntax(err, data)
		return nil
	}
	if len(root.Content) == 0 {
		d.At(1, 1, "", "the file is empty")
		return nil
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		d.FailAt(root.Content[0], `remove the line "---" and what follows`, "the file holds more than one YAML document")
		return nil
	}
	if !d.plain(root.Content[0]) {
		return nil
	}
	return root.Content[0]
}

// Clean refuses what no text in UTF-8 has.
func (d *Document) Clean(data []byte) bool {
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		d.At(1, 1, "save it as UTF-8 without BOM", "the file begins with a byte order mark")
		return false
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		broken := r == utf8.RuneError && n == 1
		if !broken && !foreign(r) && (r != '\r' || bytes.HasPrefix(data[i+1:], []byte("\n"))) {
			i += n
			continue
		}
		line, column := 1+bytes.Count(data[:i], []byte("\n")), i-bytes.LastIndexByte(data[:i], '\n')
		if broken {
			d.At(line, column, "save it as UTF-8", "byte 0x%02x is not text in UTF-8", data[i])
		} else {
			d.At(line, column, "remove it", "the character %U does not belong into a text file", r)
		}
		return false
	}
	return true
}

// foreign characters are control characters, and what only some programs take
// for the end of a line.
func foreign(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' || r == '\u2028' || r == '\u2029'
}

var syntaxLine = regexp.MustCompile(`^line (\d+): `)

// countedFromZero are the messages whose lines the library counts from 0.
var countedFromZero = regexp.MustCompile(`^did not find expected (<|node content|'-'|key|',')`)

// syntax reports an error of the YAML parser with the line that is in its text.
func (d *Document) syntax(err error, data []byte) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	line, hint := 1, ""
	if m := syntaxLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = text[len(m[0]):]
		if countedFromZero.MatchString(text) {
			line++
		}
	}
	if lines := bytes.Split(data, []byte("\n")); strings.Contains(text, "cannot start any token") || strings.Contains(text, "tab") {
		for i := line - 1; i <= line && i < len(lines); i++ {
			if i >= 0 && bytes.HasPrefix(bytes.TrimLeft(lines[i], " "), []byte("\t")) {
				line, hint = i+1, "indent with spaces, not tabs"
				break
			}
		}
	}
	d.At(max(line, 1), 1, hint, "not YAML: %s", Printable(text))
}

// plain refuses what settings do not need and what makes small files huge:
// anchors, aliases and explicit types.
func (d *Document) plain(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.FailAt(n, "write the value out", "anchors and aliases are not allowed")
		return false
	case n.Style&yaml.TaggedStyle != 0:
		d.FailAt(n, "remove the word with the exclamation mark", "explicit types are not allowed")
		return false
	}
	for _, c := range n.Content {
		if !d.plain(c) {
			return false
		}
	}
	return true
}

// At notes an error at a line and column, from 1.
func (d *Document) At(line, column int, hint, format string, args ...any) {
	d.Errors = append(d.Errors, Error{File: d.Name, Line: line, Column: column, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

// FailAt notes an error at a node.
func (d *Document) FailAt(n *yaml.Node, hint, format string, args ...any) {
	d.At(max(n.Line, 1), max(n.Column, 1), hint, format, args...)
}

// WarnAt notes a warning at a node.
func (d *Document) WarnAt(n *yaml.Node, hint, format string, args ...any) {
	d.Warnings = append(d.Warnings, Error{File: d.Name, Line: n.Line, Column: n.Column, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

// Mapping hands each value to its key's handler.
func (d *Document) Mapping(n *yaml.Node, keys Handlers) {
	if n.Kind != yaml.MappingNode {
		d.FailAt(n, `write lines of the form "key: value"`, "this must be a mapping")
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if line, again := first[key.Value]; again {
			d.FailAt(key, fmt.Sprintf("the first is on line %d: keep one", line), "key %q stands here twice", key.Value)
			continue
		}
		first[key.Value] = key.Line
		handle := keys[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode || handle == nil:
			d.FailAt(key, judge.Suggest(key.Value, slices.Collect(maps.Keys(keys))), "unknown key %q", key.Value)
		case Empty(value) && d.EmptyIsAbsent:
		case Empty(value):
			d.FailAt(key, "give it one or remove the line", "key %q has no value", key.Value)
		default:
			handle(value)
		}
	}
}

// Empty says that a key has no value.
func Empty(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// shown quotes a value in a message.
func shown(n *yaml.Node) string {
	switch {
	case n.Kind != yaml.ScalarNode:
		return "this"
	case len(n.Value) > 40:
		return strconv.Quote(strings.ToValidUTF8(n.Value[:40], "") + "...")
	}
	return strconv.Quote(n.Value)
}

// Text takes any one-line value as it was written.
func (d *Document) Text(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || Empty(n) {
		d.FailAt(n, "", "this must be a single text")
		return "", false
	}
	return n.Value, true
}

// Choice takes one of some words.
func (d *Document) Choice(n *yaml.Node, words ...string) (string, bool) {
	got, ok := d.Text(n)
	if ok && !slices.Contains(words, got) {
		d.FailAt(n, judge.Suggest(got, words), "%q is not possible here", got)
		ok = false
	}
	return got, ok
}

// Boolean takes true or false.
func (d *Document) Boolean(n *yaml.Node) (value, ok bool) {
	if n.Kind != yaml.ScalarNode || n.Value != "true" && n.Value != "false" {
		d.FailAt(n, "write true or false", "this must be true or false")
		return false, false
	}
	return n.Value == "true", true
}

// Decimal matches a decimal number as people write it: no sign, no exponent.
var Decimal = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,15})?$`)

// Number takes a decimal number above low and up to high; unit, such as
// " seconds", is for the message.
func (d *Document) Number(n *yaml.Node, low, high float64, unit string) (float64, bool) {
	if n.Kind != yaml.ScalarNode || !Decimal.MatchString(n.Value) {
		d.FailAt(n, "write it like 2 or 0.5", "%s is not a decimal number", shown(n))
		return 0, false
	}
	v, _ := strconv.ParseFloat(n.Value, 64)
	if v <= low || v > high {
		d.FailAt(n, "", "%s is out of range: it must be above %v and at most %v%s", n.Value, low, high, unit)
		return 0, false
	}
	return v, true
}

var wholeNumber = regexp.MustCompile(`^(0|[1-9][0-9]{0,18})$`)

// Integer takes a whole number from low to high; unit is for the message.
func (d *Document) Integer(n *yaml.Node, low, high int64, unit string) (int64, bool) {
	if n.Kind != yaml.ScalarNode || !wholeNumber.MatchString(n.Value) {
		d.FailAt(n, "write it with digits only", "%s is not a whole number", shown(n))
		return 0, false
	}
	v, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil || v < low || v > high {
		d.FailAt(n, "", "%s is out of range: it must be from %d to %d%s", n.Value, low, high, unit)
		return 0, false
	}
	return v, true
}

// List takes a sequence.
func (d *Document) List(n *yaml.Node) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		d.FailAt(n, "write it as [a, b]", "this must be a list")
		return nil
	}
	return n.Content
}

// Texts takes a sequence of texts.
func (d *Document) Texts(n *yaml.Node) []string {
	var out []string
	for _, item := range d.List(n) {
		if s, ok := d.Text(item); ok {
			out = append(out, s)
		}
	}
	return out
}

// Printable writes control characters as escapes.
func Printable(text string) string {
	quoted := strconv.Quote(text)
	return quoted[1 : len(quoted)-1]
}
