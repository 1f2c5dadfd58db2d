package judge

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// readable refuses sources that are not text in UTF-8, and says what they are.
func readable(f File) error {
	if utf8.Valid(f.Data) && bytes.IndexByte(f.Data, 0) < 0 {
		return nil
	}
	refused := func(what, hint string) error {
		return &Refusal{Code: "binary", Message: fmt.Sprintf("%s is %s, not text in UTF-8", f.Name, what), Hint: hint}
	}
	if what := program(f.Data); what != "" {
		return refused(what, "submit the source, not the compiled program or an archive of it")
	}
	if name := wide(f.Data); name != "" {
		return refused("in "+name, convert(f.Name, name))
	}
	at := invalidAt(f.Data)
	line := 1 + bytes.Count(f.Data[:at], []byte("\n"))
	if f.Data[at] == 0 {
		return refused(fmt.Sprintf("not text: line %d has a byte 0", line), "submit the source; if an editor wrote that byte, save the file again as text in UTF-8")
	}
	return refused(fmt.Sprintf("in another encoding: line %d has a byte 0x%02X", line, f.Data[at]),
		"save it as UTF-8, or say what it is in, such as WINDOWS-1251, ISO-8859-1 or GB18030: "+convert(f.Name, "WINDOWS-1251"))
}

// convert is a command that makes UTF-8 of a file.
func convert(name, from string) string {
	return fmt.Sprintf("iconv -f %s -t UTF-8 '%s' > utf8.cpp", from, name)
}

// program recognises what is handed in by mistake by its first bytes.
func program(data []byte) string {
	for _, known := range []struct{ magic, name string }{
		{"\x7fELF", "a compiled program"}, {"MZ", "a compiled program for Windows"}, {"\xcf\xfa\xed\xfe", "a compiled program for macOS"},
		{"!<arch>", "a library"}, {"PK\x03\x04", "a zip archive"}, {"\x1f\x8b", "a gzip archive"}, {"7z\xbc\xaf", "a 7z archive"}, {"Rar!", "a rar archive"},
		{"%PDF", "a PDF file"},
	} {
		if bytes.HasPrefix(data, []byte(known.magic)) {
			return known.name
		}
	}
	return ""
}

// wide recognises encodings that take several bytes for every character, by their
// mark or by the zeros of a text that is mostly ASCII; empty if it is none.
func wide(data []byte) string {
	for _, known := range []struct{ mark, name string }{
		{"\xff\xfe\x00\x00", "UTF-32"}, {"\x00\x00\xfe\xff", "UTF-32"}, {"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"},
	} {
		if bytes.HasPrefix(data, []byte(known.mark)) {
			return known.name
		}
	}
	if len(data) < 4 || len(data)%2 != 0 {
		return ""
	}
	var zeros [2]int
	for i, b := range data {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch half := len(data) / 2; {
	case zeros[0] == 0 && 10*zeros[1] >= 8*half:
		return "UTF-16LE"
	case zeros[1] == 0 && 10*zeros[0] >= 8*half:
		return "UTF-16BE"
	}
	return ""
}

// invalidAt is where the first byte stands that UTF-8 text does not have.
func invalidAt(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n <= 1 || r == 0 {
			return i
		}
		i += n
	}
	return 0
}
