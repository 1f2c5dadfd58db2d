package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestImportsPointDown holds the picture of docs/architecture.md: a package imports
// only what stands in a lower row of it, and whatever imports something stands in it.
func TestImportsPointDown(t *testing.T) {
	rows := picture(t)
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "contest/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		from := strings.TrimPrefix(fields[0], "contest/")
		for _, imported := range fields[1:] {
			to, ours := strings.CutPrefix(imported, "contest/")
			if !ours {
				continue
			}
			seen++
			switch above, below := rows[from], rows[to]; {
			case above == 0 || below == 0:
				t.Errorf("%s imports %s, and one of them has no row in the picture of docs/architecture.md: give it one", from, to)
			case above >= below:
				t.Errorf("%s imports %s, which stands in no lower row of the picture in docs/architecture.md: move what it needs", from, to)
			}
		}
	}
	if seen < 20 {
		t.Errorf("go list named %d imports of ours: that cannot be all", seen)
	}
}

// picture are the rows of packages in docs/architecture.md, numbered from the top.
func picture(t *testing.T) map[string]int {
	t.Helper()
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(text), "\nImports point down")
	if !ok {
		t.Fatal(`docs/architecture.md has no "Imports point down"`)
	}
	_, after, _ = strings.Cut(after, "\n\n")
	drawing, _, _ := strings.Cut(after, "\n\n")
	rows := map[string]int{}
	for i, line := range strings.Split(drawing, "\n") {
		names, _, _ := strings.Cut(strings.TrimSpace(line), "  ") // else what the row is for
		for name := range strings.SplitSeq(names, " | ") {
			if !slices.Contains([]string{"cmd/judge", "judge", "sandbox", "leaderboard"}, name) {
				name = "judge/" + name
			}
			rows[name] = i + 1
		}
	}
	return rows
}
