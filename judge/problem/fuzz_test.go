package problem

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

// positioned fails for a complaint that an organiser could not find or read.
func positioned(t *testing.T, found *findings, data []byte) {
	t.Helper()
	for _, e := range append(found.Errors, found.Warnings...) {
		if lines := strings.Count(string(data), "\n") + 1; e.Line < 1 || e.Column < 1 || e.Line > lines+1 {
			t.Errorf("%q: got %d:%d for %q, which has %d lines", e, e.Line, e.Column, data, lines)
		}
		if e.Message == "" || strings.ContainsFunc(e.Error(), unicode.IsControl) {
			t.Errorf("%q: no message for people about %q", e.Error(), data)
		}
	}
}

func FuzzSettings(f *testing.F) {
	for _, b := range breakages() {
		f.Add([]byte(b.files["problem.yaml"]))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var found findings
		s := readSettings(data, Options{}, &found)
		positioned(t, &found, data)
		if l := s.limits; l.Time < 0 || l.Time > time.Hour || l.MemoryBytes < mib || l.OutputBytes < mib || l.CodeBytes < kib ||
			l.CompileTime <= 0 || l.CompileMemoryBytes < mib || l.ValidationTime <= 0 {
			t.Errorf("limits %+v from %q", l, data)
		}
		if len(found.Errors) == 0 && len(s.names) == 0 {
			t.Errorf("no name and no error from %q", data)
		}
	})
}

func FuzzRules(f *testing.F) {
	for _, b := range breakages() {
		f.Add([]byte(b.files["judge.yaml"]))
	}
	f.Add([]byte(generated()["judge.yaml"]))
	f.Fuzz(func(t *testing.T, data []byte) {
		var found findings
		r := readRules(data, []string{"passed"}, &found)
		positioned(t, &found, data)
		if len(found.Errors) > 0 {
			return
		}
		if len(r.boards) == 0 || r.threads < 1 || r.stopAfterTimeouts < 0 || r.time < 0 {
			t.Errorf("rules %+v from %q", r, data)
		}
		for _, flag := range r.compilerFlags {
			if strings.ContainsAny(flag, "/\\@ \n\x00") || !strings.HasPrefix(flag, "-") {
				t.Errorf("compiler flag %q from %q", flag, data)
			}
		}
		if g := r.generator; g != nil && (!strings.HasPrefix(g.program, "generators/") || strings.Contains("/"+g.program+"/", "/../") || len(g.kinds) == 0) {
			t.Errorf("generator %+v from %q", g, data)
		}
	})
}

func FuzzParseFlags(f *testing.F) {
	f.Add("float_tolerance 1e-6")
	f.Add("float_absolute_tolerance 0.5 float_relative_tolerance .5E+1 case_sensitive space_change_sensitive")
	f.Add("float_tolerance 1e999 float_tolerance -1 float_tolerance 0x1p3")
	f.Fuzz(func(t *testing.T, text string) {
		v, bad := parseFlags(strings.Fields(text))
		if bad != nil {
			return // the caller takes none of it
		}
		for _, e := range []*float64{v.AbsoluteTolerance, v.RelativeTolerance} {
			if e != nil && (*e < 0 || *e-*e != 0) {
				t.Errorf("tolerance %v from %q", *e, text)
			}
		}
	})
}

func FuzzGroup(f *testing.F) {
	for _, b := range breakages() {
		f.Add([]byte(b.files["data/secret/test_group.yaml"]))
		f.Add([]byte(b.files["data/secret/1.yaml"]))
	}
	f.Add([]byte("output_validator_args: {v: [a], w: b c}\nargs: [x]\ninput_validator_flags: y\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var found findings
		d := newLenientDocument(&found, "test_group.yaml")
		tables := []arguments{{}, {}, {}}
		d.readGroup(data, tables[0].ofPrograms(d, "data"), tables[1].ofPrograms(d, "data"), tables[2].ofAll(d, "data"))
		positioned(t, &found, data)
		if len(found.Errors) > 0 {
			return
		}
		for _, table := range tables {
			for _, args := range table["data"] {
				if len(args) > maxArguments || slices.ContainsFunc(args, func(a string) bool { return len(a) > maxArgument || strings.Contains(a, "\x00") }) {
					t.Errorf("arguments %q from %q", args, data)
				}
			}
		}
	})
}

func FuzzDOMjudge(f *testing.F) {
	for _, b := range breakages() {
		f.Add([]byte(b.files[domjudgeFile]))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var l loader
		if limit, line := l.readDOMjudge(data); line < 0 || line == 0 && limit != "" {
			t.Errorf("time limit %q on line %d of %q", limit, line, data)
		}
		positioned(t, &l.findings, data)
	})
}
