package problem

import (
	"bufio"
	"bytes"
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

// timeLimitPlaces are the files that hold nothing else we read; find returns
// the text and its line.
var timeLimitPlaces = []struct {
	file string
	find func(data []byte) (text string, line int)
}{{domjudgeFile, domjudgeLimit}, {timeLimitFile, soleLine}}

// readTimeLimits finds the time limit. The legacy format has no place for one,
// so that archives keep it in files of their own; all that is found must agree.
func (l *loader) readTimeLimits() error {
	var found []timeLimit
	for _, place := range timeLimitPlaces {
		if !l.tree.isFile(place.file) {
			continue
		}
		data, ok, err := l.tree.read(place.file, maxSettings, &l.findings)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if text, line := place.find(data); line > 0 {
			if v, good := l.parseTimeLimit(place.file, line, text); good {
				found = append(found, timeLimit{place.file, v})
			}
		}
	}
	if v := l.rules.time; v > 0 {
		found = append(found, timeLimit{rulesFile, v})
	}
	l.takeTimeLimit(found)
	return nil
}

func (l *loader) takeTimeLimit(found []timeLimit) {
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
	if *limit == 0 && l.tree.isFile(settingsFile) && !l.noted(settingsFile, rulesFile, timeLimitFile, domjudgeFile) {
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
func soleLine(data []byte) (string, int) { return string(bytes.TrimSpace(data)), 1 }

// domjudgeLimit finds timelimit in domjudge-problem.ini; line is zero without
// one. The other keys there are about how DOMjudge shows the problem.
func domjudgeLimit(data []byte) (value string, line int) {
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		key, v, ok := strings.Cut(lines.Text(), "=")
		if ok && strings.TrimSpace(key) == "timelimit" {
			return strings.Trim(strings.TrimSpace(v), `'"`), n
		}
	}
	return "", 0
}
