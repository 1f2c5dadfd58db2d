package problem

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"contest/judge"
	"contest/judge/statement"
)

// statementFolders are the names of the folder in 2025-09 and in legacy.
var statementFolders = []string{"statement", "problem_statement"}

var statementFile = regexp.MustCompile(`^problem(\.[a-z]{2,3}(-[A-Z]{2})?)?\.(md|tex|pdf)$`)

// samplePlaces are marks of 2025-09 for where a sample is shown.
var samplePlaces = regexp.MustCompile(`\{\{ *(nextsample|remainingsamples)[^}]*\}\}`)

// pictures are the endings of images that a statement in LaTeX is typeset with.
var pictures = []string{".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".pdf", ".eps"}

const (
	// maxStatementFile is the most bytes of a file that belongs to a statement.
	maxStatementFile = 16 << 20
	// maxStatementFiles is the most bytes of all of them: they are kept in memory.
	maxStatementFiles = 64 << 20
)

// readStatement reads the statement in the first language there is; English
// comes first. Markdown is shown on pages, other forms are offered as files.
func (l *loader) readStatement() error {
	folder, names := l.statements()
	if folder == "" {
		return nil
	}
	form := ""
	for _, ext := range []string{".md", ".pdf", ".tex"} {
		if form == "" && slices.ContainsFunc(names, func(name string) bool { return path.Ext(name) == ext }) {
			form = ext
		}
	}
	languages := map[string]string{}
	for _, name := range names {
		if path.Ext(name) == form {
			languages[languageOf(name)] = name
		}
	}
	language := firstLanguage(languages)
	for _, name := range names {
		if path.Ext(name) != form {
			l.Warn(path.Join(folder, name), "leave it for other judges", "this has no effect: %s is the statement", languages[language])
		}
	}
	l.pkg.Name = l.settings.names[language]
	if l.pkg.Name == "" {
		l.pkg.Name = l.settings.names[firstLanguage(l.settings.names)]
	}
	if form == ".md" {
		return l.readMarkdown(folder, languages[language])
	}
	return l.offerStatement(folder, languages[language])
}

// readMarkdown reads a statement, what it refers to, and says what of it is not
// shown as its author may have meant.
func (l *loader) readMarkdown(folder, name string) error {
	p := path.Join(folder, name)
	data, ok, err := l.tree.read(p, maxSettings, &l.findings)
	if !ok {
		return err
	}
	d := newDocument(&l.findings, p)
	switch place := samplePlaces.FindIndex(data); {
	case !d.Clean(data):
		return nil
	case len(bytes.TrimSpace(data)) == 0:
		l.Fail(p, "write the statement in Markdown", "the statement is empty")
	case place != nil:
		d.At(1+bytes.Count(data[:place[0]], []byte("\n")), 1, "remove it", "%s: not supported yet", data[place[0]:place[1]])
	}
	l.pkg.Statement = data
	notes, files := statement.Check(data)
	for _, n := range notes {
		l.warnLine(p, n.Line, n.Hint, "%s", n.Message)
	}
	for _, f := range files {
		if !l.tree.isFile(path.Join(folder, f.Path)) {
			l.warnLine(p, f.Line, "put the file into "+folder, "there is no %s beside the statement", f.Path)
			continue
		}
		if err := l.addStatementFile(folder, f.Path); err != nil {
			return err
		}
	}
	return nil
}

// offerStatement takes a statement in PDF or LaTeX along as a file, with the
// images that it may be typeset with.
func (l *loader) offerStatement(folder, name string) error {
	l.Warn(path.Join(folder, name), "write problem.en.md beside it to have it shown on the page",
		"a statement in %s is not shown yet: the page and `judge get` offer the file", path.Ext(name)[1:])
	l.pkg.StatementFile = name
	if err := l.addStatementFile(folder, name); err != nil || path.Ext(name) != ".tex" {
		return err
	}
	for _, p := range l.tree.files(folder) {
		rel := strings.TrimPrefix(p, folder+"/")
		if slices.Contains(pictures, strings.ToLower(path.Ext(p))) && !statementFile.MatchString(rel) {
			if err := l.addStatementFile(folder, rel); err != nil {
				return err
			}
		}
	}
	return nil
}

// addStatementFile takes a file along that belongs to the statement; one that is
// too large is left out with a warning, since it changes no verdict.
func (l *loader) addStatementFile(folder, name string) error {
	p, sum := path.Join(folder, name), l.tree.entries[path.Join(folder, name)].size
	if sum > maxStatementFile {
		l.Warn(p, "make it smaller", "it is not shown: it has %d bytes, and %d are the most", sum, maxStatementFile)
		return nil
	}
	for _, f := range l.pkg.StatementFiles {
		sum += int64(len(f.Data))
	}
	if sum > maxStatementFiles {
		l.Warn(p, "make the images of the statement smaller", "it is not shown: with it the files of the statement have %d bytes, and %d are the most", sum, maxStatementFiles)
		return nil
	}
	data, ok, err := l.tree.read(p, maxStatementFile, &l.findings)
	if ok {
		l.pkg.StatementFiles = append(l.pkg.StatementFiles, judge.File{Name: name, Data: data})
	}
	return err
}

// warnLine notes a warning about one line.
func (l *loader) warnLine(file string, line int, hint, format string, args ...any) {
	l.Warnings = append(l.Warnings, Error{File: file, Line: line, Hint: hint, Message: fmt.Sprintf(format, args...)})
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
