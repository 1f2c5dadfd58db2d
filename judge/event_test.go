package judge

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestCanonical(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{map[string]any{"b": 1, "a": []int{2}, "ü": nil, "": true}, `{"":true,"a":[2],"b":1,"ü":null}`},
		{map[string]any{"\ufb33": 1, "\U0001f600": 2}, "{\"\U0001f600\":2,\"\ufb33\":1}"}, // by UTF-16 code units
		{"<&>\u2028\x00\xff", "\"<&>\u2028\\u0000\ufffd\""},
		{[]float64{1, 1e21, 1e-7, 0.1, 100}, `[1,1e+21,1e-7,0.1,100]`},
		{[]int64{math.MaxInt64, 1<<53 + 1, -1 << 62}, `[9223372036854775807,9007199254740993,-4611686018427387904]`},
		{time.Date(2026, 2, 4, 20, 0, 0, 120, time.UTC), `"2026-02-04T20:00:00.00000012Z"`},
	} {
		got, err := Canonical(c.value)
		if err != nil || string(got) != c.want {
			t.Errorf("%#v: got %s, %v; want %s", c.value, got, err, c.want)
		}
		again, err := Canonical(got)
		if err != nil || string(again) != c.want {
			t.Errorf("%s once more: got %s, %v", c.want, again, err)
		}
	}
	if _, err := Canonical(math.Inf(1)); err == nil {
		t.Error("infinity has a canonical form")
	}
	// printf '{}' | sha256sum
	if got := HashRecord([]byte(`{}`)); got != "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" {
		t.Errorf("hash of {}: %s", got)
	}
}

// docs/events.md has a row for every kind of event, and no other.
func TestKindsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../docs/events.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "## Kinds")
	table, _, _ = strings.Cut(table, "\n## ")
	documented := map[string]bool{}
	for line := range strings.Lines(table) {
		if kinds, _, ok := strings.Cut(strings.TrimPrefix(line, "| `"), " | "); ok && strings.HasPrefix(line, "| `") {
			for kind := range strings.SplitSeq(strings.Trim(kinds, "`"), "`, `") {
				documented[kind] = true
			}
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	kinds := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is || !strings.HasPrefix(spec.Names[0].Name, "Event") {
			return true
		}
		kinds++
		kind, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil || !documented[kind] {
			t.Errorf("%s (%s, %v) has no row in docs/events.md", spec.Names[0].Name, kind, err)
		}
		return true
	})
	if kinds != len(documented) || kinds == 0 {
		t.Errorf("%d kinds, and %d in docs/events.md", kinds, len(documented))
	}
}
