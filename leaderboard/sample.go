package leaderboard

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"contest/judge"
)

// sample is a sample test case as a problem's page shows it: the arguments of the
// submission, and each of the files.
type sample struct {
	Args  []string
	Files []excerpt
}

// excerpt is the beginning of a file.
type excerpt struct {
	Name string
	Text string
	Rest string // what is not shown of the file; empty if all is
}

const (
	sampleBytes = 2 << 10 // that are shown of one file
	sampleLines = 40
)

func samplesOf(p judge.Problem) ([]sample, error) {
	var out []sample
	for _, t := range p.Tests {
		if !t.Sample {
			continue
		}
		shown := []judge.ManifestFile{{Name: t.InputName(), Path: p.InputPath(t)}, {Name: t.AnswerName(), Path: p.AnswerPath(t)}}
		one := sample{Args: t.Args}
		for _, f := range slices.Concat(shown, p.CaseFiles(t)) {
			text, err := excerptOf(f.Name, f.Path)
			if err != nil {
				return nil, err
			}
			one.Files = append(one.Files, text)
		}
		out = append(out, one)
	}
	return out, nil
}

// excerptOf reads the beginning of a file, in whole lines if it has any.
func excerptOf(name, file string) (excerpt, error) {
	f, err := os.Open(file)
	if err != nil {
		return excerpt{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return excerpt{}, err
	}
	data, err := io.ReadAll(io.LimitReader(f, sampleBytes))
	if err != nil {
		return excerpt{}, err
	}
	whole := int64(len(data)) == info.Size()
	for i := 0; !whole && i < utf8.UTFMax && !utf8.Valid(data) && len(data) > 0; i++ {
		data = data[:len(data)-1] // a character may be cut
	}
	switch {
	case len(data) == 0:
		return excerpt{Name: name, Rest: "empty"}, nil
	case !printable(data):
		return excerpt{Name: name, Rest: fmt.Sprintf("%s of binary data", size(info.Size()))}, nil
	}
	if lines := bytes.SplitAfterN(data, []byte("\n"), sampleLines+1); len(lines) > sampleLines {
		data, whole = data[:len(data)-len(lines[sampleLines])], whole && len(lines[sampleLines]) == 0
	} else if end := bytes.LastIndexByte(data, '\n'); !whole && end > 0 {
		data = data[:end+1]
	}
	e := excerpt{Name: name, Text: string(data)}
	if !whole {
		e.Rest = fmt.Sprintf("the beginning of %s", size(info.Size()))
	}
	return e, nil
}

// printable says whether data is text that a page can show as it is.
func printable(data []byte) bool {
	return utf8.Valid(data) && !strings.ContainsFunc(string(data), func(r rune) bool {
		return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r)
	})
}
