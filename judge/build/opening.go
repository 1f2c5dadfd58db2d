package build

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// standardHeader is the header that is precompiled.
const standardHeader = "bits/stdc++.h"

// safeFlags are the forms of flags with which a precompiled header is known
// to change nothing but the time. All others go without: debug information
// and link-time optimisation record where things came from, sanitizers too.
var safeFlags = []*regexp.Regexp{
	regexp.MustCompile(`^-(static|pthread|fdiagnostics-color=never)$`),
	regexp.MustCompile(`^-O([0-3sgz]|fast)?$`),
	regexp.MustCompile(`^-std=(c|gnu)\+\+[0-9][0-9a-z]$`),
	regexp.MustCompile(`^-D[A-Za-z_][A-Za-z0-9_]*(=[A-Za-z0-9_.+-]*)?$`),
	regexp.MustCompile(`^-m[a-z0-9][a-z0-9.-]*(=[A-Za-z0-9_,.+-]+)?$`),
	// Of warnings those about the sources. Others speak of headers too.
	regexp.MustCompile(`^-W(all|extra|pedantic|error|conversion|shadow|unused|no-[a-z-]+)$`),
	regexp.MustCompile(`^-f(no-)?(tree|ipa|loop|sched|peel|unroll|split|vect|inline|align|gcse|ivopts)(-[a-z-]+)?$`),
	regexp.MustCompile(`^-f(no-)?(fast-math|associative-math|finite-math-only|math-errno|trapping-math|signed-zeros|unsafe-math-optimizations)$`),
	regexp.MustCompile(`^-f(no-)?(omit-frame-pointer|strict-aliasing|strict-overflow|wrapv|trapv|exceptions|rtti|openmp|plt|stack-protector|threadsafe-statics)$`),
	regexp.MustCompile(`^-f(template|constexpr)-[a-z-]+=[0-9]+$`),
}

func safeToPrecompile(flags []string) bool {
	return !slices.ContainsFunc(flags, func(flag string) bool {
		return !slices.ContainsFunc(safeFlags, func(form *regexp.Regexp) bool { return form.MatchString(flag) })
	})
}

// opening is how a translation unit begins.
type opening int

const (
	opensOtherwise opening = iota
	opensWithHeader
	opensWithStandardHeader
)

var (
	// An include of a literal name, alone in its line.
	firstInclude = regexp.MustCompile(`^#[ \t]*include[ \t]*(?:<([A-Za-z0-9_./+-]+)>|"([A-Za-z0-9_./+-]+)")[ \t\r]*(?://[^\n]*)?(?:\n|$)`)
	blank        = " \t\n\v\f\r"
)

// openingOf says what stands before everything else but comments.
//
// This is what makes a precompiled header safe: where the include comes first,
// the compiler has seen nothing but its flags, which is exactly the state in
// which the header was precompiled. No macro, pragma or declaration can have
// changed its meaning. Where another header comes first, the compiler does not
// use a precompiled one at all. Where anything else does, we do not let it.
func openingOf(text []byte) opening {
	rest := text
	for {
		rest = bytes.TrimLeft(rest, blank)
		var comment bool
		if rest, comment = afterComment(rest); !comment {
			break
		}
	}
	match := firstInclude.FindSubmatch(rest)
	if match == nil {
		return opensOtherwise
	}
	// Spliced lines and trigraphs may end comments where they seem to go on.
	before := text[:len(text)-len(rest)+len(match[0])]
	if bytes.ContainsRune(before, '\\') || bytes.Contains(before, []byte("??")) {
		return opensOtherwise
	}
	if string(match[1]) == standardHeader || string(match[2]) == standardHeader {
		return opensWithStandardHeader
	}
	return opensWithHeader
}

func afterComment(text []byte) ([]byte, bool) {
	opener, end := "//", "\n"
	if bytes.HasPrefix(text, []byte("/*")) {
		opener, end = "/*", "*/"
	}
	body, found := bytes.CutPrefix(text, []byte(opener))
	if !found {
		return text, false
	}
	_, rest, closed := bytes.Cut(body, []byte(end))
	return rest, closed
}

// wantsStandardHeader says whether a precompiled header is of use for src,
// and harmless as far as its translation units go.
func (t Toolchain) wantsStandardHeader(src Source) bool {
	wanted := false
	for name, data := range src.merged() {
		if !t.IsSource(name) {
			continue
		}
		switch openingOf(data) {
		case opensOtherwise:
			return false
		case opensWithStandardHeader:
			wanted = true
		}
	}
	return wanted
}

// shadows says whether a file of src could be meant by who asks for one that the
// standard headers include: for names in quotes its folder is searched first.
func shadows(src Source, included map[string]bool) bool {
	for name := range src.merged() {
		if included[name] || strings.Contains(name, "/") {
			return true
		}
	}
	return false
}
