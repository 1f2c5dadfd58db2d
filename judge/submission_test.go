package judge

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestValidateFiles(t *testing.T) {
	ok := File{Name: "a.cpp", Data: []byte("int main(){}")}
	for _, tc := range []struct {
		name  string
		files []File
		code  string
	}{
		{"good", []File{ok}, ""},
		{"none", nil, "empty"},
		{"empty file", []File{{Name: "a.cpp", Data: []byte(" \n\t")}}, "empty"},
		{"binary", []File{{Name: "a.cpp", Data: []byte("\x7fELF\x00")}}, "binary"},
		{"not UTF-8", []File{{Name: "a.cpp", Data: []byte("// \xff")}}, "binary"},
		{"too large", []File{{Name: "a.cpp", Data: bytes.Repeat([]byte("x"), 1001)}}, "size"},
		{"at the limit", []File{{Name: "a.cpp", Data: bytes.Repeat([]byte("x"), 1000)}}, ""},
		{"same name", []File{ok, ok}, "duplicate"},
		{"path", []File{{Name: "../a.cpp", Data: []byte("x")}}, "name"},
		{"option", []File{{Name: "-fplugin=x.cpp", Data: []byte("x")}}, "name"},
		{"response file", []File{{Name: "@x.cpp", Data: []byte("x")}}, "name"},
		{"capitals", []File{{Name: "MAIN.CPP", Data: []byte("x")}}, ""},
		{"from a browser", []File{{Name: "main (1).cpp", Data: []byte("x")}}, ""},
		{"Cyrillic", []File{{Name: "решение.cpp", Data: []byte("x")}}, ""},
		{"blank at the end", []File{{Name: "a.cpp ", Data: []byte("x")}}, "name"},
		{"new line", []File{{Name: "a\n.cpp", Data: []byte("x")}}, "name"},
		{"no UTF-8", []File{{Name: "a\xff.cpp", Data: []byte("x")}}, "name"},
		{"too long", []File{{Name: strings.Repeat("a", 252) + ".cpp", Data: []byte("x")}}, "name"},
		{"backslash", []File{{Name: `dir\a.cpp`, Data: []byte("x")}}, "name"},
		{"hidden", []File{{Name: ".a.cpp", Data: []byte("x")}}, "name"},
	} {
		err := ValidateFiles(tc.files, 1000)
		var r *Refusal
		switch {
		case tc.code == "" && err != nil:
			t.Errorf("%s: %v", tc.name, err)
		case tc.code != "" && (!errors.As(err, &r) || r.Code != tc.code || r.Hint == ""):
			t.Errorf("%s: %v, want a refusal with code %q and a hint", tc.name, err, tc.code)
		}
	}
}

// What is not UTF-8 is told what it is, where, and how to make UTF-8 of it.
func TestSourcesInOtherEncodings(t *testing.T) {
	text := "#include <iostream>\nint main() {} // é\n"
	utf16le, utf16be := []byte{}, []byte{}
	for _, u := range utf16.Encode([]rune(text)) {
		utf16le, utf16be = append(utf16le, byte(u), byte(u>>8)), append(utf16be, byte(u>>8), byte(u))
	}
	latin := bytes.ReplaceAll([]byte(text), []byte("é"), []byte{0xe9})
	for _, tc := range []struct {
		name      string
		data      []byte
		says, how string
	}{
		{"UTF-16 with its mark", append([]byte{0xff, 0xfe}, utf16le...), "a.cpp is in UTF-16, not text in UTF-8", "iconv -f UTF-16 -t UTF-8 'a.cpp' > utf8.cpp"},
		{"UTF-16 of PowerShell without one", utf16le, "a.cpp is in UTF-16LE,", "iconv -f UTF-16LE"},
		{"UTF-16, the high byte first", utf16be, "a.cpp is in UTF-16BE,", "iconv -f UTF-16BE"},
		{"an encoding of one byte", latin, "a.cpp is in another encoding: line 2 has a byte 0xE9,", "save it as UTF-8"},
		{"a zero", []byte("int x;\n\n\x00int y;"), "a.cpp is not text: line 3 has a byte 0,", "submit the source"},
		{"a program", []byte("\x7fELF\x02\x01\x01\x00"), "a.cpp is a compiled program,", "submit the source"},
		{"an archive", []byte("PK\x03\x04\x14\x00"), "a.cpp is a zip archive,", "submit the source"},
	} {
		err := ValidateFiles([]File{{Name: "a.cpp", Data: tc.data}}, 1000)
		var r *Refusal
		if !errors.As(err, &r) || r.Code != "binary" || !strings.HasPrefix(r.Message, tc.says) || !strings.Contains(r.Hint, tc.how) {
			t.Errorf("%s: got %+v, want %q and %q", tc.name, r, tc.says, tc.how)
		}
	}
	if err := ValidateFiles([]File{{Name: "a.cpp", Data: []byte("\xef\xbb\xbf" + text)}}, 1000); err != nil {
		t.Errorf("UTF-8 with its mark: %v", err)
	}
}

func FuzzReadable(f *testing.F) {
	f.Add([]byte("int main() {}"))
	f.Add([]byte("\xff\xfei\x00"))
	f.Add([]byte("a\x80\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := readable(File{Name: "a.cpp", Data: data}); (err == nil) != (utf8.Valid(data) && bytes.IndexByte(data, 0) < 0) {
			t.Errorf("%q: %v", data, err)
		}
	})
}

func TestHashFiles(t *testing.T) {
	a, b := File{Name: "a", Data: []byte("1")}, File{Name: "b", Data: []byte("2")}
	if HashFiles([]File{a, b}) != HashFiles([]File{b, a}) {
		t.Error("the hash depends on the order of the files")
	}
	for _, other := range [][]File{{a}, {b}, {{Name: "b", Data: a.Data}, {Name: "a", Data: b.Data}}, {{Name: "ab", Data: []byte("12")}}} {
		if HashFiles(other) == HashFiles([]File{a, b}) {
			t.Errorf("%v hashes like a and b", other)
		}
	}
}
