package problem

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

// maxSettings is the most bytes of a YAML file, and of other short texts.
const maxSettings = 1 << 20

// document is one YAML file while it is read. Values are taken from nodes, so
// that each complaint has a line, and as the text that was written, so that
// nothing is converted behind the organiser's back.
type document struct {
	*findings
	name string
	// emptyIsAbsent passes over keys without a value, as archives of the
	// package formats are full of them.
	emptyIsAbsent bool
}

// handlers are the keys that a mapping may have and what reads their values.
type handlers map[string]func(*yaml.Node)

// parse reads one file and returns its top level; nil if it could not be read
// as YAML at all, which has then been noted.
func (d *document) parse(data []byte) *yaml.Node {
	if !d.clean(data) {
		return nil
	}
	var root yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&root); err != nil && !errors.Is(err, io.EOF) {
		d.syntax(err, data)
		return nil
	}
	if len(root.Content) == 0 {
		d.at(1, 1, "", "the file is empty")
		return nil
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		d.failAt(root.Content[0], `remove the line "---" and what follows`, "the file holds more than one YAML document")
		return nil
	}
	if !d.plain(root.Content[0]) {
		return nil
	}
	return root.Content[0]
}

// clean refuses what no text in UTF-8 has.
func (d *document) clean(data []byte) bool {
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		d.at(1, 1, "save it as UTF-8 without BOM", "the file begins with a byte order mark")
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
			d.at(line, column, "save it as UTF-8", "byte 0x%02x is not text in UTF-8", data[i])
		} else {
			d.at(line, column, "remove it", "the character %U does not belong into a text file", r)
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
func (d *document) syntax(err error, data []byte) {
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
	d.at(max(line, 1), 1, hint, "not YAML: %s", printable(text))
}

// plain refuses what settings do not need and what makes small files huge:
// anchors, aliases and explicit types.
func (d *document) plain(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.failAt(n, "write the value out", "anchors and aliases are not allowed")
		return false
	case n.Style&yaml.TaggedStyle != 0:
		d.failAt(n, "remove the word with the exclamation mark", "explicit types are not allowed")
		return false
	}
	for _, c := range n.Content {
		if !d.plain(c) {
			return false
		}
	}
	return true
}

func (d *document) at(line, column int, hint, format string, args ...any) {
	d.errors = append(d.errors, Error{File: d.name, Line: line, Column: column, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

func (d *document) failAt(n *yaml.Node, hint, format string, args ...any) {
	d.at(max(n.Line, 1), max(n.Column, 1), hint, format, args...)
}

func (d *document) warnAt(n *yaml.Node, hint, format string, args ...any) {
	d.warnings = append(d.warnings, Error{File: d.name, Line: n.Line, Column: n.Column, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

// mapping hands each value to its key's handler.
func (d *document) mapping(n *yaml.Node, keys handlers) {
	if n.Kind != yaml.MappingNode {
		d.failAt(n, `write lines of the form "key: value"`, "this must be a mapping")
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if line, again := first[key.Value]; again {
			d.failAt(key, fmt.Sprintf("the first is on line %d: keep one", line), "key %q stands here twice", key.Value)
			continue
		}
		first[key.Value] = key.Line
		handle := keys[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode || handle == nil:
			d.failAt(key, judge.Suggest(key.Value, slices.Collect(maps.Keys(keys))), "unknown key %q", key.Value)
		case empty(value) && d.emptyIsAbsent:
		case empty(value):
			d.failAt(key, "give it one or remove the line", "key %q has no value", key.Value)
		default:
			handle(value)
		}
	}
}

func empty(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// refuse is the handler of a key that the formats have and this judge not yet.
func (d *document) refuse(what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		d.failAt(n, unsupportedHint, "%s: not supported yet", what)
	}
}

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

// text takes any one-line value as it was written.
func (d *document) text(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || empty(n) {
		d.failAt(n, "", "this must be a single text")
		return "", false
	}
	return n.Value, true
}

// choice takes one of some words.
func (d *document) choice(n *yaml.Node, words ...string) (string, bool) {
	got, ok := d.text(n)
	if ok && !slices.Contains(words, got) {
		d.failAt(n, judge.Suggest(got, words), "%q is not possible here", got)
		ok = false
	}
	return got, ok
}

func (d *document) boolean(n *yaml.Node) (value, ok bool) {
	if n.Kind != yaml.ScalarNode || n.Value != "true" && n.Value != "false" {
		d.failAt(n, "write true or false", "this must be true or false")
		return false, false
	}
	return n.Value == "true", true
}

var decimalNumber = regexp.MustCompile(`^[0-9]{1,15}(\.[0-9]{1,15})?$`)

// number takes a decimal number above low and up to high; unit, such as
// " seconds", is for the message.
func (d *document) number(n *yaml.Node, low, high float64, unit string) (float64, bool) {
	if n.Kind != yaml.ScalarNode || !decimalNumber.MatchString(n.Value) {
		d.failAt(n, "write it like 2 or 0.5", "%s is not a decimal number", shown(n))
		return 0, false
	}
	v, _ := strconv.ParseFloat(n.Value, 64)
	if v <= low || v > high {
		d.failAt(n, "", "%s is out of range: it must be above %v and at most %v%s", n.Value, low, high, unit)
		return 0, false
	}
	return v, true
}

var wholeNumber = regexp.MustCompile(`^(0|[1-9][0-9]{0,18})$`)

// integer takes a whole number from low to high; unit is for the message.
func (d *document) integer(n *yaml.Node, low, high int64, unit string) (int64, bool) {
	if n.Kind != yaml.ScalarNode || !wholeNumber.MatchString(n.Value) {
		d.failAt(n, "write it with digits only", "%s is not a whole number", shown(n))
		return 0, false
	}
	v, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil || v < low || v > high {
		d.failAt(n, "", "%s is out of range: it must be from %d to %d%s", n.Value, low, high, unit)
		return 0, false
	}
	return v, true
}

// list takes a sequence.
func (d *document) list(n *yaml.Node) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		d.failAt(n, "write it as [a, b]", "this must be a list")
		return nil
	}
	return n.Content
}

// texts takes a sequence of texts.
func (d *document) texts(n *yaml.Node) []string {
	var out []string
	for _, item := range d.list(n) {
		if s, ok := d.text(item); ok {
			out = append(out, s)
		}
	}
	return out
}
