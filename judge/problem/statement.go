package problem

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
)

// statementFolders are the names of the folder in 2025-09 and in legacy.
var statementFolders = []string{"statement", "problem_statement"}

var statementFile = regexp.MustCompile(`^problem(\.[a-z]{2,3}(-[A-Z]{2})?)?\.(md|tex|pdf)$`)

// samplePlaces are marks of 2025-09 for where a sample is shown.
var samplePlaces = regexp.MustCompile(`\{\{ *(nextsample|remainingsamples)[^}]*\}\}`)

// readStatement reads the statement in the first language there is; English
// comes first.
func (l *loader) readStatement() error {
	folder, names := l.statements()
	if folder == "" {
		return nil
	}
	languages := map[string]string{}
	for _, name := range names {
		if path.Ext(name) == ".md" {
			languages[languageOf(name)] = name
		} else {
			l.Warn(path.Join(folder, name), "write problem.en.md beside it", "statements in %s are not shown yet", path.Ext(name)[1:])
		}
	}
	language := firstLanguage(languages)
	l.pkg.Name = l.settings.names[language]
	if l.pkg.Name == "" {
		l.pkg.Name = l.settings.names[firstLanguage(l.settings.names)]
	}
	if languages[language] == "" {
		return nil
	}
	p := path.Join(folder, languages[language])
	data, ok, err := l.tree.read(p, maxSettings, &l.findings)
	if !ok {
		return err
	}
	d := newDocument(&l.findings, p)
	switch place := samplePlaces.FindIndex(data); {
	case !d.Clean(data):
	case len(bytes.TrimSpace(data)) == 0:
		l.Fail(p, "write the statement in Markdown", "the statement is empty")
	case place != nil:
		d.At(1+bytes.Count(data[:place[0]], []byte("\n")), 1, "remove it", "%s: not supported yet", data[place[0]:place[1]])
	}
	l.pkg.Statement = data
	return nil
}

// statements finds the folder and the statements in it.
func (l *loader) statements() (folder string, names []string) {
	for _, f := range statementFolders {
		if !l.tree.isDir(f) {
			continue
		}
		if folder != "" {
			l.Fail(f, "keep one of the two folders", "the package has statement/ and problem_statement/")
		}
		folder = f
	}
	for _, name := range l.tree.names(folder) {
		if statementFile.MatchString(name) && l.tree.isFile(path.Join(folder, name)) {
			names = append(names, name)
		}
	}
	if folder == "" || len(names) == 0 {
		if l.noted(statementFolders...) {
			return "", nil
		}
		l.Fail("statement", "write statement/problem.en.md", "the problem has no statement")
		return "", nil
	}
	return folder, names
}

func languageOf(name string) string {
	parts := strings.Split(name, ".")
	if len(parts) < 3 {
		return "en"
	}
	return parts[1]
}

// firstLanguage is English if there is English, else the first by name.
func firstLanguage(byLanguage map[string]string) string {
	if _, ok := byLanguage["en"]; ok || len(byLanguage) == 0 {
		return "en"
	}
	var all []string
	for language := range byLanguage {
		all = append(all, language)
	}
	return slices.Min(all)
}
