package problem

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"contest/judge/yamlfile"
)

const domjudgeFile = "domjudge-problem.ini"

// timeLimit is a time limit and where it stands.
type timeLimit struct {
	file  string
	value time.Duration
}

// timeLimitPlaces are the files besides our own that have a time limit; find
// returns the text and its line.
var timeLimitPlaces = []struct {
	file string
	find func(l *loader, data []byte) (text string, line int)
}{{domjudgeFile, (*loader).readDOMjudge}, {timeLimitFile, soleLine}}

// readTimeLimits finds the time limit. The legacy format has no place for one,
// so that archives keep it in files of their own; all that is found must agree.
func (l *loader) readTimeLimits() error {
	var found []timeLimit
	unread := l.settings.limitsUnread || l.rules.timeUnread
	for _, place := range timeLimitPlaces {
		if !l.tree.isFile(place.file) {
			continue
		}
		data, ok, err := l.tree.read(place.file, maxSettings, &l.findings)
		if err != nil {
			return err
		}
		if !ok {
			unread = true
			continue
		}
		if text, line := place.find(l, data); line > 0 {
			v, good := l.parseTimeLimit(place.file, line, text)
			if good {
				found = append(found, timeLimit{place.file, v})
			}
			unread = unread || !good
		}
	}
	if v := l.rules.time; v > 0 {
		found = append(found, timeLimit{rulesFile, v})
	}
	l.takeTimeLimit(found, unread)
	return nil
}

// takeTimeLimit takes what was found; unread says that there may be one more that
// could not be read.
func (l *loader) takeTimeLimit(found []timeLimit, unread bool) {
	limit := &l.settings.limits.Time
	from := settingsFile
	for _, f := range found {
		if *limit == 0 {
			*limit, from = f.value, f.file
		}
		if *limit != f.value {
			l.Fail(f.file, "keep one of the two", "the time limit is %v here and %v in %s", f.value, *limit, from)
		}
	}
	if *limit == 0 && l.tree.isFile(settingsFile) && !unread {
		cure := `add "time_limit: 2.0" (seconds) to judge.yaml`
		if !l.settings.legacy {
			cure = `add "limits: {time_limit: 2.0}" (seconds) to problem.yaml`
		}
		l.Fail(settingsFile, cure, "the problem has no time limit")
	}
}

// noted says whether something is wrong with one of the files already: then
// what seems to be missing may stand in what could not be read.
func (l *loader) noted(files ...string) bool {
	for _, e := range l.Errors {
		for _, f := range files {
			if e.File == f {
				return true
			}
		}
	}
	return false
}

func (l *loader) parseTimeLimit(file string, line int, text string) (time.Duration, bool) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !yamlfile.Decimal.MatchString(text) || v <= 0 || v > maxSeconds {
		l.Errors = append(l.Errors, Error{File: file, Line: line, Column: 1, Hint: "write seconds, such as 2 or 0.5",
			Message: strconv.Quote(text) + " is not a time limit"})
		return 0, false
	}
	return fromSeconds(v), true
}

// soleLine is the text of .timelimit.
func soleLine(_ *loader, data []byte) (string, int) { return string(bytes.TrimSpace(data)), 1 }

// shownByDOMjudge are the keys of domjudge-problem.ini that say how DOMjudge
// shows a problem.
var shownByDOMjudge = []string{"name", "color", "short-name", "shortname", "probid", "externalid", "points"}

// readDOMjudge reads domjudge-problem.ini and returns its timelimit; line is zero
// without one.
func (l *loader) readDOMjudge(data []byte) (limit string, line int) {
	d := newDocument(&l.findings, domjudgeFile)
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, maxSettings+1)
	for n := 1; lines.Scan(); n++ {
		key, value, ok := strings.Cut(lines.Text(), "=")
		key, value = strings.TrimSpace(key), iniValue(value)
		switch {
		case !ok || strings.HasPrefix(key, ";") || strings.HasPrefix(key, "#") || slices.Contains(shownByDOMjudge, key):
		case key == "timelimit" && line > 0:
			d.At(n, 1, fmt.Sprintf("the first is on line %d: keep one", line), "key %q stands here twice", key)
		case key == "timelimit":
			limit, line = value, n
		case strings.HasPrefix(key, "special_") && value != "":
			d.At(n, 1, unsupportedHint, "%s: not supported yet", yamlfile.Printable(key))
		case value != "":
			l.Warnings = append(l.Warnings, Error{File: domjudgeFile, Line: n, Column: 1,
				Message: fmt.Sprintf("this has no effect: %s is for DOMjudge", yamlfile.Printable(key))})
		}
	}
	return limit, line
}

// iniValue is a value without its quotes or the comment after it.
func iniValue(text string) string {
	text = strings.TrimSpace(text)
	if text != "" && strings.ContainsRune(`'"`, rune(text[0])) {
		if value, _, closed := strings.Cut(text[1:], text[:1]); closed {
			return strings.TrimSpace(value)
		}
	}
	value, _, _ := strings.Cut(text, ";")
	return strings.Trim(strings.TrimSpace(value), `'"`)
}
