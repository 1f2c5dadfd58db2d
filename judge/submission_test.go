package judge

import (
	"bytes"
	"errors"
	"testing"
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
