package problem

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"contest/judge"
)

// The folder of a problem's own output validator, in format 2025-09 and in the legacy
// format, which may have several there.
const (
	validatorFolder       = "output_validator"
	legacyValidatorFolder = "output_validators"
)

// What a program as output validator may use where problem.yaml does not say.
const (
	validationMemoryMiB = 2048
	validationOutputMiB = 8
)

// findOutputValidator decides who judges outputs: a program of the package, whose path
// is noted, or the default output validator.
func (l *loader) findOutputValidator() {
	folder := l.validatorFolder()
	found := l.validatorPrograms(folder)
	switch {
	case l.settings.legacy && len(found) == 0 && l.settings.custom:
		l.Fail(folder, "put the validator there, or remove the line", "problem.yaml says validation: custom, and there is no output validator")
	case l.settings.legacy && len(found) > 0 && !l.settings.custom && !l.settings.limitsUnread:
		l.Fail(folder, `write "validation: custom" into problem.yaml, or remove the folder`, "problem.yaml has the default output validator, and here is another: judges do not agree which decides")
	case len(found) == 1:
		l.pkg.validator = found[0]
	case len(found) > 1 && l.settings.legacy: // there each is a validator of its own
		l.unsupported(folder, "several output validators")
	case len(found) > 1:
		l.pkg.validator = folder
	}
	l.validatorLimits()
	l.readValidatorFlags()
}

// validatorFolder is the folder for output validators in the package's format. The
// drafts between the formats are written with either.
func (l *loader) validatorFolder() string {
	folder, other := validatorFolder, legacyValidatorFolder
	if l.settings.legacy || l.settings.draft && !l.tree.isDir(folder) {
		folder, other = other, folder
	}
	if l.tree.isDir(other) && !l.settings.limitsUnread {
		l.Fail(other, "rename it to "+folder, "in the package's format output validators stand in %s", folder)
	}
	return folder
}

// validatorPrograms are the paths of what in a folder may be an output validator.
func (l *loader) validatorPrograms(folder string) []string {
	var found []string
	for _, name := range l.tree.names(folder) {
		p := path.Join(folder, name)
		switch {
		case l.tree.isFile(p) && (isHeader(name) || IsNote(name)):
		case l.tree.isFile(p) && !isCpp(name), l.tree.isDir(p) && !l.buildsAsCpp(p):
			l.unsupported(p, "an output validator that is not C++ alone")
		default:
			found = append(found, p)
		}
	}
	return found
}

// validatorLimits completes the limits on a program as output validator. Those for the
// default one say nothing, as it is part of the judge.
func (l *loader) validatorLimits() {
	limits := &l.settings.limits
	if l.pkg.validator == "" {
		limits.ValidationMemoryBytes, limits.ValidationOutputBytes = 0, 0
		d := newLenientDocument(&l.findings, settingsFile)
		for _, n := range l.settings.ofValidator {
			d.WarnAt(n, "", "this limit has no effect: the default output validator is part of the judge")
		}
		return
	}
	if limits.ValidationMemoryBytes == 0 {
		limits.ValidationMemoryBytes = validationMemoryMiB * mib
	}
	if limits.ValidationOutputBytes == 0 {
		limits.ValidationOutputBytes = validationOutputMiB * mib
	}
}

// readValidatorFlags takes the flags of a legacy problem.yaml, which stand before those
// of every test group.
func (l *loader) readValidatorFlags() {
	s := &l.settings
	if s.flagsNode == nil {
		return
	}
	d := newLenientDocument(&l.findings, settingsFile)
	before := len(d.Errors)
	if l.pkg.validator == "" {
		s.validation = d.validation(s.flagsNode, nil)
	}
	if len(d.Errors) == before {
		l.pkg.validatorFlags = d.runnable(s.flagsNode, d.flags(s.flagsNode))
	}
}

// addOutputValidator takes the sources of the output validator into the manifest, with
// the headers that it may include.
func (l *loader) addOutputValidator() {
	if l.pkg.validator == "" {
		return
	}
	program := l.program(l.pkg.validator)
	taken := map[string]bool{}
	for _, abs := range slices.Concat(program.Files, program.Headers) {
		if base := filepath.Base(abs); !taken[base] {
			taken[base] = true
			l.add(judge.ValidatorRole, l.tree.rel(abs), abs)
		}
	}
}

// OutputValidator is the output validator of a problem that has one of its own.
func OutputValidator(p judge.Problem) Program {
	sources := p.Files.Of(judge.ValidatorRole)
	name := validatorFolder
	for _, f := range sources {
		if strings.HasPrefix(f.Name, validatorFolder) { // else it is a header of include/
			name = f.Name
			break
		}
	}
	return Program{Name: name, Files: sources.Paths()}
}
