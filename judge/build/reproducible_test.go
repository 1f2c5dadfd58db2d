package build

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"contest/judge"
)

// The same sources make the same program, to the byte, whenever and wherever they
// are compiled, and so do sources that differ in what is no part of a program:
// else whoever adds a blank has another program with a measurement of its own.
func TestSameSourcesMakeTheSameProgram(t *testing.T) {
	const clock = "static const char* built() { return __DATE__ __TIME__ __TIMESTAMP__ __FILE__; }\n"
	text := strings.Replace(little, "int main() {\n", clock+"int main() {\n\tputs(built());\n", 1)
	helper := judge.File{Name: "helper.h", Data: []byte("#pragma once\ninline const char* stamp() { return __DATE__ __TIMESTAMP__ __FILE__; }\n")}
	second := judge.File{Name: "b.cpp", Data: []byte("#include \"helper.h\"\nnamespace { int hidden = 3; struct C { C() { hidden = stamp()[0]; } } c; }\n")}
	source := func(text, flags string) Source {
		return Source{Files: []judge.File{{Name: "a.cpp", Data: []byte(text)}, second, helper}, Flags: strings.Fields(flags)}
	}
	tools := append(Toolchains{precompiling(t)}, detected()...)
	want := map[judge.LanguageID][]byte{}
	for _, tool := range tools {
		if want[tool.ID] == nil {
			want[tool.ID] = program(t, patiently(t, tool, source(text, "")))
		}
	}
	for now := time.Now().Unix(); time.Now().Unix() == now; { // __TIME__ counts seconds
		time.Sleep(10 * time.Millisecond)
	}
	other := "/* once more */ " + strings.NewReplacer("= 3;", "=  3 ;", ";\n}", "; // the end\n}", "work(", "labour(", "built(", "assembled(").Replace(text) + "\n\n/* nothing */\n"
	for i, tool := range tools {
		if got := program(t, patiently(t, tool, source(other, ""))); !bytes.Equal(got, want[tool.ID]) {
			t.Errorf("%s (compiler %d), later, with other blanks, comments and names of functions: another program: %d bytes, want %d", tool.ID, i, len(got), len(want[tool.ID]))
		}
	}
	// Nor do a problem's flags let in what changes from one compile to the next.
	for _, flags := range []string{"-g", "-flto"} {
		tool, light := gcc(t), "#include <cstdio>\n"+clock+"int main() { puts(built()); }\n"
		first, second := program(t, patiently(t, tool, source(light, flags))), program(t, patiently(t, tool, source(light, flags)))
		if len(first) == 0 || !bytes.Equal(first, second) {
			t.Errorf("%s: %d bytes, then %d others", flags, len(first), len(second))
		}
	}
}
