package problem

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"contest/judge"
	"contest/judge/language"
	"contest/judge/yamlfile"
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

const settingsFile = "problem.yaml"

// settings is what problem.yaml says.
type settings struct {
	legacy     bool
	names      map[string]string // by language; a plain name is English
	limits     judge.Limits      // Time is zero if the file has none
	validation judge.Validation
	// limitsUnread says that a time limit may stand in what could not be read.
	limitsUnread bool
	timeLimit    *yaml.Node
	resolution   time.Duration       // of the time limit, in 2025-09
	machineBytes int64               // memory of the machine that judges; 0 if not known
	memorySaid   bool                // the limit on memory is not the default
	types        []judge.ProblemType // that can be judged beside pass-fail
	problemType  judge.ProblemType
	draft        bool         // written with names of both formats
	custom       bool         // "validation: custom"
	flagsNode    *yaml.Node   // validator_flags
	ofValidator  []*yaml.Node // limits that only a program as output validator has
}

// defaultLimits are those of the package format, which knows no default for
// the time.
func defaultLimits() judge.Limits {
	return judge.Limits{
		MemoryBytes: 2048 * mib, OutputBytes: 8 * mib, CodeBytes: 128 * kib,
		CompileTime: 60 * time.Second, CompileMemoryBytes: 2048 * mib, ValidationTime: 60 * time.Second,
	}
}

// readSettings reads problem.yaml.
func readSettings(data []byte, opt Options, found *findings) settings {
	d := newLenientDocument(found, settingsFile)
	s := settings{legacy: true, names: map[string]string{}, limits: defaultLimits(), resolution: time.Second, machineBytes: opt.MemoryBytes, types: opt.Types, problemType: judge.PassFail}
	root := d.Parse(data)
	if root == nil || root.Kind != yaml.MappingNode {
		s.limitsUnread = true
		if root != nil {
			d.Mapping(root, nil) // says so
		}
		return s
	}
	version := d.formatVersion(root)
	s.legacy, s.draft = strings.HasPrefix(version, "legacy"), strings.HasPrefix(version, "2023-07")
	keys := s.commonKeys(d)
	if !s.legacy {
		maps.Copy(keys, s.currentKeys(d))
	}
	if s.legacy || s.draft {
		maps.Copy(keys, s.legacyKeys(d))
	}
	s.limitsUnread = misspelt(root, "limits", keys)
	d.Mapping(root, keys)
	if version == "2025-09" {
		s.checkResolution(d)
	}
	if s.machineBytes > 0 && s.limits.MemoryBytes > s.machineBytes && !s.memorySaid {
		d.Warn(d.Name, "write a lower memory into limits", "the default limit of %d MiB is more than the %d MiB that this machine has", s.limits.MemoryBytes/mib, s.machineBytes/mib)
	}
	if valueOf(root, "name") == nil && !misspelt(root, "name", keys) {
		d.At(1, 1, `add a line such as "name: Sorting Parcels"`, "the problem has no name")
	}
	return s
}

// valueOf finds a key's value; nil if the key is missing or without a value.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key && !yamlfile.Empty(n.Content[i+1]) {
			return n.Content[i+1]
		}
	}
	return nil
}

// misspelt says whether a mapping has an unknown key that means key.
func misspelt(n *yaml.Node, key string, known handlers) bool {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if got := n.Content[i].Value; known[got] == nil && judge.Suggest(got, keys(known)) == judge.Suggest(key, []string{key}) {
			return true
		}
	}
	return false
}

// formatVersion says which format a package has.
func (d *document) formatVersion(root *yaml.Node) string {
	n := valueOf(root, "problem_format_version")
	if n == nil {
		return "legacy"
	}
	version, _ := d.Choice(n, "legacy", "legacy-icpc", "2023-07-draft", "2023-07", "2025-09")
	return version
}

var uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func (s *settings) commonKeys(d *document) handlers {
	return handlers{
		"problem_format_version": func(*yaml.Node) {},
		"type":                   func(n *yaml.Node) { s.readType(d, n) },
		"name":                   func(n *yaml.Node) { s.readName(d, n) },
		"uuid": func(n *yaml.Node) {
			if v, ok := d.Text(n); ok && !uuidPattern.MatchString(v) {
				d.FailAt(n, "make one with the command uuidgen, or remove the line", "%q is not a UUID", v)
			}
		},
		"license": func(n *yaml.Node) {
			d.Choice(n, "unknown", "public domain", "cc0", "cc by", "cc by-sa", "educational", "permission")
		},
		"limits": func(n *yaml.Node) {
			keys := s.limitKeys(d)
			d.Mapping(n, keys)
			unread := n.Kind != yaml.MappingNode || valueOf(n, "time_limit") != nil && s.limits.Time == 0
			s.limitsUnread = s.limitsUnread || unread || misspelt(n, "time_limit", keys)
		},
		"rights_owner": d.unread, "source": d.unread, "keywords": d.unread,
	}
}

// unread is the handler of what concerns no judge: people, sources, keywords.
func (d *document) unread(*yaml.Node) {}

func (s *settings) legacyKeys(d *document) handlers {
	return handlers{
		"author": d.unread, "source_url": d.unread,
		"validation":      func(n *yaml.Node) { s.readValidation(d, n) },
		"validator_flags": func(n *yaml.Node) { s.flagsNode = n },
		"grading":         d.grading,
	}
}

func (s *settings) currentKeys(d *document) handlers {
	return handlers{
		"version": d.unread, "credits": d.unread,
		"embargo_until": func(n *yaml.Node) {
			d.FailAt(n, "remove the line if start in contest.yaml is late enough", "embargo_until: not supported yet: statements open with the contest")
		},
		"languages":          d.languages,
		"allow_file_writing": d.only("allow_file_writing", "false"),
		"constants":          d.refuse("constants"),
		"validation":         d.moved(`remove the line: the folder output_validator/ says it in this format`),
		"validator_flags":    d.moved(`write "output_validator_args: [...]" in data/secret/test_group.yaml`),
		"author":             d.moved(`write "credits: ..."`),
		"source_url":         d.moved(`write "source: {name: ..., url: ...}"`),
	}
}

// readValidation reads which output validator a legacy package has.
func (s *settings) readValidation(d *document, n *yaml.Node) {
	switch got, ok := d.Text(n); {
	case !ok || got == "default":
	case got == "custom":
		s.custom = true
	default:
		d.refuse("validation: " + yamlfile.Printable(got))(n)
	}
}

// grading is about the scores of scoring problems, or names a grader.
func (d *document) grading(n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		d.noEffect("only scoring problems have scores")(n)
		return
	}
	d.only("grading", "default")(n)
}

// moved is the handler of a key that only the legacy format has.
func (d *document) moved(cure string) func(*yaml.Node) {
	return func(n *yaml.Node) { d.FailAt(n, cure, "format 2025-09 has no such key") }
}

// readType takes a type that can be judged, alone or as a list.
func (s *settings) readType(d *document, n *yaml.Node) {
	types := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		types = n.Content
	}
	for _, t := range types {
		v, ok := d.Text(t)
		switch named := judge.ProblemType(v); {
		case !ok || named == judge.PassFail:
		case slices.Contains(s.types, named):
			s.problemType = named
		default:
			d.refuse(fmt.Sprintf("type %q", yamlfile.Printable(v)))(t)
		}
	}
}

var languagePattern = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z]{2})?$`)

// readName takes a name, or one for each language.
func (s *settings) readName(d *document, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		s.addName(d, "en", n)
		return
	}
	keys := handlers{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		language := n.Content[i].Value
		if !languagePattern.MatchString(language) {
			d.FailAt(n.Content[i], "write it like en or pt-BR", "%q is not a language", language)
		}
		keys[language] = func(v *yaml.Node) { s.addName(d, language, v) }
	}
	d.Mapping(n, keys)
}

func (s *settings) addName(d *document, language string, n *yaml.Node) {
	v, ok := d.Text(n)
	switch v = strings.TrimSpace(v); {
	case !ok:
	case v == "" || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f }):
		d.FailAt(n, "", "this must be a name on one line")
	case len(v) > 200:
		d.FailAt(n, "shorten it", "the name has %d bytes; at most 200 are allowed", len(v))
	default:
		s.names[language] = v
	}
}

// languages takes "all" or a list that has one which is judged here.
func (d *document) languages(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Value == "all" {
		return
	}
	families := language.Families()
	for _, item := range d.List(n) {
		if slices.Contains(families, item.Value) {
			return
		}
	}
	d.refuse("a problem without C++")(n)
}
