package problem

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"contest/judge"
)

const rulesFile = "judge.yaml"

// The most that judge.yaml can ask for.
const (
	maxThreads   = 256
	maxTimeouts  = 1_000_000
	maxGenerated = 999 // test cases of one kind: three digits keep their order
)

// rules is what judge.yaml says: what the package formats have no place for.
type rules struct {
	boards            []judge.Board
	scoring           string        // "": the default rule
	time              time.Duration // zero if the file has none
	threads           int
	compilerFlags     []string
	stopAfterTimeouts int
	timed             []timedGlob // nil: every secret test case
	timing            judge.Timing
	feedback          judge.Feedback // "": by what the final does
	freshFinal        *yaml.Node     // nil: a final takes the tests of the problem
	reference         string         // an example submission; "" for none
	referenceNode     *yaml.Node
	generator         *generatorRules
	// timeUnread and testsUnread say that a time limit, or what makes or times test
	// cases, may stand in what could not be read.
	timeUnread, testsUnread bool
}

// timedGlob says which test cases are timed.
type timedGlob struct {
	pattern string
	node    *yaml.Node
}

// generatorRules is the generator as judge.yaml describes it.
type generatorRules struct {
	program string
	node    *yaml.Node // of program
	seed    *uint64    // nil: it follows from the contest's secret
	args    []string
	kinds   []kindRules
}

// kindRules is one kind of generated test case.
type kindRules struct {
	name  string
	timed bool
	sets  map[string]int // test cases by test set
}

// defaultTimeouts is after how many time-outs the rest is not run where judge.yaml
// does not say: a program that hangs may have hundreds of test cases.
const defaultTimeouts = 5

// importedRules are those of a package without judge.yaml, or with nothing in it but
// the time limit: one that was made for another judge. Its time limit is of CPU time, nothing in it was made for a ranking
// by real time, and after one time-out its verdict is known.
func importedRules() rules {
	r := defaultRules()
	r.boards, r.stopAfterTimeouts = []judge.Board{judge.CPUBoard}, 1
	return r
}

func defaultRules() rules {
	return rules{
		boards: []judge.Board{judge.RealBoard, judge.CPUBoard}, threads: 1, timing: judge.WholeProcess,
		stopAfterTimeouts: defaultTimeouts,
	}
}

// readRules reads judge.yaml, which may name one of the scoring rules.
func readRules(data []byte, scoring []string, found *findings) rules {
	d := newDocument(found, rulesFile)
	r := defaultRules()
	root := d.Parse(data)
	r.timeUnread, r.testsUnread = root == nil || root.Kind != yaml.MappingNode, root == nil || root.Kind != yaml.MappingNode
	if root == nil {
		return r
	}
	if len(root.Content) == 2 && root.Content[0].Value == "time_limit" {
		r = importedRules() // where else could a legacy package have it
	}
	known := handlers{
		"boards":     func(n *yaml.Node) { r.boards = d.boards(n) },
		"scoring":    func(n *yaml.Node) { r.scoring, _ = d.Choice(n, scoring...) },
		"time_limit": d.seconds(&r.time),
		"threads": func(n *yaml.Node) {
			if v, ok := d.Integer(n, 1, maxThreads, ""); ok {
				r.threads = int(v)
			}
		},
		"compiler_flags": func(n *yaml.Node) { r.compilerFlags = d.compilerFlags(n) },
		"stop_after_timeouts": func(n *yaml.Node) {
			if v, ok := d.Integer(n, 0, maxTimeouts, ""); ok {
				r.stopAfterTimeouts = int(v)
			}
		},
		"timed": func(n *yaml.Node) { r.timed = d.timedGlobs(n) },
		"timing": func(n *yaml.Node) {
			if v, ok := d.Choice(n, string(judge.WholeProcess), string(judge.Window)); ok {
				r.timing = judge.Timing(v)
			}
		},
		"feedback": func(n *yaml.Node) {
			if v, ok := d.Choice(n, string(judge.VerdictFeedback), string(judge.TimesFeedback)); ok {
				r.feedback = judge.Feedback(v)
			}
		},
		"final": func(n *yaml.Node) {
			d.Mapping(n, handlers{"tests": func(n *yaml.Node) {
				if v, ok := d.Choice(n, sameTests, freshTests); ok && v == freshTests {
					r.freshFinal = n
				}
			}})
		},
		"reference": func(n *yaml.Node) { r.reference, _ = d.Text(n); r.referenceNode = n },
		"generator": func(n *yaml.Node) { r.generator = d.generator(n) },
	}
	for key, unread := range map[string]*bool{"time_limit": &r.timeUnread, "timed": &r.testsUnread, "generator": &r.testsUnread} {
		read := known[key]
		known[key] = func(n *yaml.Node) {
			before := len(d.Errors)
			read(n)
			*unread = *unread || len(d.Errors) > before
		}
		*unread = *unread || misspelt(root, key, known)
	}
	d.Mapping(root, known)
	return r
}

// The tests that a final is held on: those of the problem, or others that the
// generator makes for it.
const (
	sameTests  = "same"
	freshTests = "fresh"
)

func (d *document) boards(n *yaml.Node) []judge.Board {
	var out []judge.Board
	seen := map[string]bool{}
	for _, item := range d.List(n) {
		name, ok := d.Choice(item, string(judge.RealBoard), string(judge.CPUBoard))
		if ok && seen[name] {
			d.FailAt(item, "keep one", "board %q stands here twice", name)
		} else if ok {
			seen[name] = true
			out = append(out, judge.Board(name))
		}
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		d.FailAt(n, "write [real, cpu], or remove the line", "a problem needs a board")
	}
	return out
}

func (d *document) timedGlobs(n *yaml.Node) []timedGlob {
	out := []timedGlob{}
	for _, item := range d.List(n) {
		pattern, ok := d.Text(item)
		if !ok {
			continue
		}
		if _, err := path.Match(pattern, ""); err != nil {
			d.FailAt(item, `write it like "secret/valid-*"`, "%q is not a pattern", pattern)
			continue
		}
		out = append(out, timedGlob{pattern, item})
	}
	return out
}

func (d *document) generator(n *yaml.Node) *generatorRules {
	g := &generatorRules{}
	d.Mapping(n, handlers{
		"program": func(n *yaml.Node) { g.program, g.node = d.programPath(n), n },
		"seed": func(n *yaml.Node) {
			if v, ok := d.Integer(n, 0, 1<<63-1, ""); ok {
				seed := uint64(v)
				g.seed = &seed
			}
		},
		"args":  func(n *yaml.Node) { g.args = d.arguments(n) },
		"cases": func(n *yaml.Node) { g.kinds = d.kinds(n) },
	})
	for _, key := range []string{"program", "cases"} {
		if n.Kind == yaml.MappingNode && valueOf(n, key) == nil {
			d.FailAt(n, `add a line such as "`+generatorExample[key]+`"`, "the generator has no %s", key)
		}
	}
	if g.program == "" {
		return nil
	}
	return g
}

var generatorExample = map[string]string{
	"program": "program: generators/generate.cpp",
	"cases":   "cases: [{kind: large, timed: true, sets: {full: 50, demo: 10}}]",
}

// programPath takes a path below generators/.
func (d *document) programPath(n *yaml.Node) string {
	p, ok := d.Text(n)
	if !ok {
		return ""
	}
	if path.Clean(p) != p || !strings.HasPrefix(p, generatorFolder+"/") {
		d.FailAt(n, "write it like generators/generate.cpp", "%q is not a path below generators/", p)
		return ""
	}
	return p
}

func (d *document) kinds(n *yaml.Node) []kindRules {
	var out []kindRules
	seen := map[string]bool{}
	for _, item := range d.List(n) {
		k, ok := d.kind(item)
		if ok && seen[k.name] {
			d.FailAt(item, "give each kind one entry", "kind %q stands here twice", k.name)
			ok = false
		}
		if ok {
			seen[k.name] = true
			out = append(out, k)
		}
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		d.FailAt(n, `add an entry such as {kind: large, timed: true, sets: {full: 50, demo: 10}}`, "the generator has no cases")
	}
	return out
}

var kindPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

func (d *document) kind(n *yaml.Node) (kindRules, bool) {
	k := kindRules{timed: true}
	before := len(d.Errors)
	d.Mapping(n, handlers{
		"kind": func(n *yaml.Node) {
			if name, ok := d.Text(n); ok && !kindPattern.MatchString(name) {
				d.FailAt(n, "use lower-case letters, digits and '-'", "%q cannot be the name of a kind", name)
			} else {
				k.name = name
			}
		},
		"timed": func(n *yaml.Node) { k.timed, _ = d.Boolean(n) },
		"sets":  func(n *yaml.Node) { k.sets = d.sets(n) },
	})
	if len(d.Errors) == before && k.name == "" {
		d.FailAt(n, "write it like {kind: large, timed: true, sets: {full: 50}}", "the entry has no kind")
	}
	if len(d.Errors) == before && k.sets == nil {
		d.FailAt(n, "write it like sets: {full: 50, demo: 10}", "kind %q has no sets", k.name)
	}
	return k, len(d.Errors) == before
}

// The test sets: the one that counts, and a small one for a quick look.
const (
	fullSet = "full"
	demoSet = "demo"
)

func (d *document) sets(n *yaml.Node) map[string]int {
	out := map[string]int{}
	count := func(set string) func(*yaml.Node) {
		return func(n *yaml.Node) {
			if v, ok := d.Integer(n, 0, maxGenerated, " test cases"); ok {
				out[set] = int(v)
			}
		}
	}
	d.Mapping(n, handlers{fullSet: count(fullSet), demoSet: count(demoSet)})
	if n.Kind == yaml.MappingNode && valueOf(n, fullSet) == nil {
		d.FailAt(n, "add one, such as full: 50", "the test set %q is missing", fullSet)
	}
	return out
}

// in is how many test cases the kind has in a test set; a set that is not
// named is the full one.
func (k kindRules) in(set string) int {
	if n, ok := k.sets[set]; ok {
		return n
	}
	return k.sets[fullSet]
}

// generatedName is the name of a generated test case.
func generatedName(kind string, index int) string {
	return fmt.Sprintf("%s/%s-%03d", secretGroup, kind, index)
}

// isTimed says whether a test case that is not generated is timed, and
// marks the patterns that matched.
func (r rules) isTimed(t judge.TestCase, matched map[string]bool) bool {
	if r.timed == nil {
		return !t.Sample
	}
	timed := false
	for _, g := range r.timed {
		if ok, _ := path.Match(g.pattern, t.Name); ok {
			timed, matched[g.pattern] = true, true
		}
	}
	return timed
}
