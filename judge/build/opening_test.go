package build

import (
	"strings"
	"testing"

	"contest/judge"
	"contest/judge/language"
)

func TestOpeningOf(t *testing.T) {
	for _, tc := range []struct {
		text string
		want opening
	}{
		{"#include <bits/stdc++.h>\nint main() {}\n", opensWithStandardHeader},
		{"#include \"bits/stdc++.h\"\n", opensWithStandardHeader},
		{"\n // a\r\n/* b\n * c */ /**/ # include\t<bits/stdc++.h>  // d\r\nint x;", opensWithStandardHeader},
		{"#include<bits/stdc++.h>", opensWithStandardHeader},
		{"#include <vector>\n#include <bits/stdc++.h>\n", opensWithHeader},
		{"#include \"my.h\"\n", opensWithHeader},
		{"", opensOtherwise},
		{"int main() {}\n", opensOtherwise},
		{"#define _GLIBCXX_DEBUG\n#include <bits/stdc++.h>\n", opensOtherwise},
		{"#pragma GCC optimize(\"O3\")\n#include <bits/stdc++.h>\n", opensOtherwise},
		{"#if 1\n#include <bits/stdc++.h>\n#endif\n", opensOtherwise},
		{"; #include <bits/stdc++.h>\n", opensOtherwise},
		{"#include <bits/stdc++.h> int x;\n", opensOtherwise},
		{"#include <bits/stdc++.h\">\n", opensOtherwise},
		{"#include HEADER\n", opensOtherwise},
		{"#include_next <bits/stdc++.h>\n", opensOtherwise},
		{"#import <bits/stdc++.h>\n", opensOtherwise},
		{"\ufeff#include <bits/stdc++.h>\n", opensOtherwise},
		// The compiler splices lines before it looks for comments.
		{"/* *\\\n/ #define private public\n/* */\n#include <bits/stdc++.h>\n", opensOtherwise},
		{"// \\\n#include <bits/stdc++.h>\n", opensOtherwise},
		{"// ??/\n#include <bits/stdc++.h>\n", opensOtherwise},
		{"#include <bits/stdc++.h> // \\\n#include <vector>\n", opensOtherwise},
		{"/* open #include <bits/stdc++.h>\n", opensOtherwise},
	} {
		if got := openingOf([]byte(tc.text)); got != tc.want {
			t.Errorf("openingOf(%q) = %d, want %d", tc.text, got, tc.want)
		}
	}
}

func TestSafeToPrecompile(t *testing.T) {
	for _, flags := range []string{"", strings.Join(language.Default().Flags, " "), "-O3 -march=native -std=c++17", "-Ofast -funroll-loops -DLOCAL=1 -Wall -mavx2"} {
		if !safeToPrecompile(strings.Fields(flags)) {
			t.Errorf("%q goes without", flags)
		}
	}
	for _, flag := range []string{"-g", "-g3", "-flto", "-fsanitize=address", "-Wsystem-headers", "-Winvalid-pch", "-fno-such-flag", "-include", "-Wp,-DX", "-DA=\"b\""} {
		if safeToPrecompile([]string{flag}) {
			t.Errorf("%q is believed to change nothing", flag)
		}
	}
}

func TestWantsStandardHeader(t *testing.T) {
	tool := Toolchain{Installed: language.Installed{Language: language.Default()}}
	const all, other, pragma = "#include <bits/stdc++.h>\n", "#include <vector>\n", "#pragma GCC optimize(\"O3\")\n"
	for _, tc := range []struct {
		name  string
		files map[string]string
		want  bool
	}{
		{"one", map[string]string{"a.cpp": all}, true},
		{"two", map[string]string{"a.cpp": all, "b.cc": all}, true},
		{"another header", map[string]string{"a.cpp": all, "b.cc": other}, true},
		{"a pragma", map[string]string{"a.cpp": all, "b.cc": pragma + all}, false},
		{"a pragma in a header", map[string]string{"a.cpp": all, "b.h": pragma}, true},
		{"nobody", map[string]string{"a.cpp": other}, false},
		{"in a header", map[string]string{"a.cpp": "#include \"b.h\"\n", "b.h": all}, false},
	} {
		src := Source{}
		for name, text := range tc.files {
			src.Files = append(src.Files, judge.File{Name: name, Data: []byte(text)})
		}
		if got := tool.wantsStandardHeader(src); got != tc.want {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
		}
	}
	// What counts are the files that are compiled: the problem's come first.
	src := one("a.cpp", all)
	src.Includes = one("a.cpp", pragma+all).Files
	if tool.wantsStandardHeader(src) {
		t.Error("the problem's file does not replace the submission's")
	}
}
