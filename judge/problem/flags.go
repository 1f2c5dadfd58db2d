package problem

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// safeFlags are the forms of compiler flags that a package may add. A flag
// must not name a file, a plugin, a wrapper or a folder: the compiler runs
// with the organiser's sources beside the contestant's.
var safeFlags = []*regexp.Regexp{
	regexp.MustCompile(`^-O([0-3sgz]|fast)?$`),
	regexp.MustCompile(`^-f[a-z0-9][a-z0-9-]*(=[a-z0-9-]+)?$`),
	regexp.MustCompile(`^-m[a-z0-9][a-z0-9.-]*(=[A-Za-z0-9_,.+-]+)?$`),
	regexp.MustCompile(`^-std=(c|gnu)\+\+[0-9][0-9a-z]$`),
	regexp.MustCompile(`^-D[A-Za-z_][A-Za-z0-9_]*(=[A-Za-z0-9_.+-]*)?$`),
	regexp.MustCompile(`^-W[a-z][a-z0-9+-]+(=[a-z0-9+-]+)?$`),
	regexp.MustCompile(`^-g[0-3]?$`),
}

// unsafeFlags begin flags that fit a safe form and yet read or write files,
// load code, change the linker or take the next word as their value.
var unsafeFlags = []string{
	"-fplugin", "-fpass-plugin", "-fload", "-fuse-ld", "-fprofile", "-fauto-profile", "-fbranch-probabilities",
	"-fdump", "-fsave-optimization-record", "-fcoverage", "-ftest-coverage", "-fcs-profile", "-fopt-info", "-fcallgraph-info",
	"-fstack-usage", "-ftime-trace", "-fmodule", "-fmodules", "-fprebuilt", "-fimplicit-module", "-fbuild-session", "-fpch", "-fcrash",
	"-fcompare-debug", "-foffload", "-fopenmp-targets", "-fsanitize-blacklist", "-fsanitize-ignorelist", "-fsanitize-coverage",
	"-fxray", "-fthinlto", "-flto-", "-fdiagnostics-format", "-fsyntax-only", "-fdeps", "-fembed", "-fwpa", "-fltrans", "-fcmdline",
	"-fada", "-fgo-", "-fworking-directory", "-fproc-stat-report", "-fproc-report", "-mllvm", "-mlinker", "-mspecs", "-mthread-model",
	"-mmlir", "-mrecord", "-mincremental", "-mrelax-all",
}

func safeFlag(flag string) bool {
	for _, prefix := range unsafeFlags {
		if strings.HasPrefix(flag, prefix) {
			return false
		}
	}
	for _, form := range safeFlags {
		if form.MatchString(flag) {
			return true
		}
	}
	return false
}

const maxFlags = 32

func (d *document) compilerFlags(n *yaml.Node) []string {
	var out []string
	for _, item := range d.List(n) {
		flag, ok := d.Text(item)
		if !ok {
			continue
		}
		if len(flag) > 128 || !safeFlag(flag) {
			d.FailAt(item, "possible are -O, -f, -m, -std=, -D, -W and -g flags that name no file, plugin or linker", "the compiler flag %q is not allowed", flag)
			continue
		}
		out = append(out, flag)
	}
	if len(out) > maxFlags {
		d.FailAt(n, "", "%d compiler flags; at most %d are allowed", len(out), maxFlags)
	}
	return out
}
