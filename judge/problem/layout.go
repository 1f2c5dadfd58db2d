package problem

import (
	"path"
	"slices"
	"strings"

	"contest/judge"
	"contest/judge/language"
)

// The folders of a package.
const (
	sampleGroup     = "sample"
	secretGroup     = "secret"
	sampleFolder    = "data/" + sampleGroup
	secretFolder    = "data/" + secretGroup
	generatorFolder = "generators"
	examplesFolder  = "submissions"
)

const (
	isFolder = true
	isFile   = false
)

// topLevel is what may stand directly in a package.
var topLevel = map[string]bool{
	settingsFile: isFile, rulesFile: isFile, timeLimitFile: isFile, domjudgeFile: isFile,
	"statement": isFolder, "problem_statement": isFolder, "data": isFolder, "include": isFolder, examplesFolder: isFolder,
	"input_validators": isFolder, "input_format_validators": isFolder, validatorFolder: isFolder, legacyValidatorFolder: isFolder, generatorFolder: isFolder,
	"attachments": isFolder, "solution": isFolder,
}

// unsupportedParts is what the package formats have, changes verdicts, and this
// judge does not know yet.
var unsupportedParts = map[string]bool{
	"graders": true, "static_validator": true,
	"problem.xml": true, "testset.yaml": true,
}

// withoutVerdict is what other tools need and no verdict depends on.
var withoutVerdict = map[string]bool{
	"input_visualizer": true, "output_visualizer": true, "visualizers": true, "input_generators": true,
	"doc": true, "docs": true, "notes": true, "slides": true, "images": true, "scripts": true, "tools": true,
}

// noteExtensions are those of what people write and draw beside a problem, and
// sourceExtensions those of programs, such as generators that are run by hand.
var (
	noteExtensions = []string{
		".txt", ".md", ".rst", ".tex", ".sty", ".cls", ".pdf", ".html", ".css", ".csv", ".tsv", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ods",
		".png", ".jpg", ".jpeg", ".svg", ".gif", ".eps", ".ps", ".log", ".bib", ".zip",
	}
	sourceExtensions = []string{
		".c", ".py", ".py2", ".py3", ".pyx", ".ipynb", ".java", ".kt", ".scala", ".sh", ".bash", ".bat", ".ps1", ".pl", ".rb", ".js", ".ts", ".go",
		".rs", ".hs", ".cs", ".ml", ".pas", ".php", ".lua", ".awk", ".jl", ".m", ".r", ".R", ".jar", ".class", ".mk",
	}
)

// IsNote says whether a file is for people only, by its name.
func IsNote(name string) bool {
	return isDocument(name) || slices.Contains(noteExtensions, strings.ToLower(path.Ext(name)))
}

// isSource says whether a file is a program's, by its name.
func isSource(name string) bool {
	return language.IsSource(name) || isHeader(name) || slices.Contains(sourceExtensions, path.Ext(name)) || name == "Makefile" || name == "CMakeLists.txt"
}

// noEffect warns of what is passed over because no verdict depends on it.
func (l *loader) noEffect(file, why string) { l.Warn(file, "", "this has no effect: %s", why) }

// documents are files that people put beside anything.
var documents = []string{"README", "LICENSE", "LICENCE", "COPYING", "NOTICE", "CHANGELOG", "CHANGES", "AUTHORS", "NOTES", "TODO"}

func isDocument(name string) bool {
	for _, d := range documents {
		if rest, ok := strings.CutPrefix(name, d); ok && (rest == "" || rest[0] == '.') {
			return true
		}
	}
	return false
}

// layout checks what stands directly in the package and in data.
func (l *loader) layout() {
	for _, name := range l.tree.names(".") {
		wanted, known := topLevel[name]
		switch {
		case unsupportedParts[name]:
			l.Fail(name, unsupportedHint, "not supported yet")
		case isDocument(name) && l.tree.isFile(name):
		case withoutVerdict[name] && l.tree.isDir(name):
			l.noEffect(name, "no verdict depends on it")
		case !known && l.tree.isFile(name) && IsNote(name):
			l.noEffect(name, "only people read it")
		case !known:
			l.Fail(name, judge.Suggest(name, keys(topLevel)), "a package has nothing of this name")
		case wanted == isFolder && !l.tree.isDir(name):
			l.Fail(name, "", "this must be a folder")
		case wanted == isFile && l.tree.isDir(name):
			l.Fail(name, "", "this must be a file")
		}
	}
	for _, name := range l.tree.names("data") {
		switch p := "data/" + name; {
		case p == sampleFolder || p == secretFolder:
			if !l.tree.isDir(p) {
				l.Fail(p, "", "this must be a folder")
			}
		case name == "invalid_input" || name == "invalid_output" || name == "valid_output" || name == "valid_input":
			l.noEffect(p, "validators are not tested with it")
		case isGroupSettings(name) && l.tree.isFile(p):
		case l.besideData(p):
		default:
			l.Fail(p, "test cases belong into data/sample or data/secret", "data has nothing of this name")
		}
	}
}

func keys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}
