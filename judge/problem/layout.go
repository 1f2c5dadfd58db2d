package problem

import (
	"strings"

	"contest/judge"
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
	"input_validators": isFolder, "input_format_validators": isFolder, generatorFolder: isFolder,
	"attachments": isFolder, "solution": isFolder,
}

// knownElsewhere is what the package formats have and this judge not yet.
var knownElsewhere = map[string]bool{
	"output_validators": true, "output_validator": true, "graders": true, "static_validator": true,
	"input_visualizer": true, "output_visualizer": true, "visualizers": true, "input_generators": true,
	"problem.xml": true, "testset.yaml": true,
}

// documents are files that people put beside anything.
var documents = []string{"README", "LICENSE", "LICENCE", "COPYING", "NOTICE", "CHANGELOG"}

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
		case knownElsewhere[name]:
			l.Fail(name, unsupportedHint, "not supported yet")
		case isDocument(name) && l.tree.isFile(name):
		case !known:
			l.Fail(name, "remove it; "+judge.Suggest(name, keys(topLevel)), "not supported yet: a package has nothing of this name")
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
			l.Fail(p, unsupportedHint, "not supported yet")
		case isGroupSettings(name) && l.tree.isFile(p):
		default:
			l.Fail(p, "test cases belong into data/sample or data/secret", "not supported yet: data has nothing of this name")
		}
	}
}

func keys(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}
