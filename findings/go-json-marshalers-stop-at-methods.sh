#!/bin/sh
# github.com/go-json-experiment/json of February 2026 (the package that becomes
# encoding/json/v2): a caller's marshalers reach no value inside one that has MarshalJSON.
#
# WithMarshalers(MarshalToFunc(...)) says for a whole call how a type is written, however deep
# it lies. A type with a method MarshalJSON is handed nothing of it: the method calls Marshal
# without the caller's options, and its bytes are copied. So one struct on the way that has
# such a method, for a reason that has nothing to do with it, gets the default format back, in
# the same document, without an error. A method MarshalJSONTo, which gets the encoder, keeps it.
#
# Output seen:
#   plain struct              {"at":"2026-02-04T19:59:00.000Z"}
#   with MarshalJSON          {"at":"2026-02-04T19:59:00.000123456Z"}
#   with MarshalJSONTo        {"at":"2026-02-04T19:59:00.000Z"}
#
# Why a contest judge cares: the field's tools refuse instants with nine decimals, so feeds say
# once how instants are written. Then somebody gives a row a MarshalJSON, to leave a field out,
# and that row's instants alone are refused by who reads the feed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
export GOPATH="$dir/go" GOFLAGS=-modcacherw
mkdir "$dir/main"
cd "$dir/main"
cat >go.mod <<'END'
module finding

go 1.25

require github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875
END
cat >main.go <<'END'
package main

import (
	"fmt"
	"log"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type plain struct {
	At time.Time `json:"at"`
}

type method struct {
	At time.Time `json:"at"`
}

func (m method) MarshalJSON() ([]byte, error) { return json.Marshal(plain(m)) }

type streamed struct {
	At time.Time `json:"at"`
}

func (s streamed) MarshalJSONTo(e *jsontext.Encoder) error { return json.MarshalEncode(e, plain(s)) }

func main() {
	at := time.Date(2026, 2, 4, 19, 59, 0, 123456, time.UTC)
	milliseconds := json.WithMarshalers(json.MarshalToFunc(func(e *jsontext.Encoder, t time.Time) error {
		return e.WriteToken(jsontext.String(t.Format("2006-01-02T15:04:05.000Z07:00")))
	}))
	for _, row := range []struct {
		name  string
		value any
	}{{"plain struct", plain{at}}, {"with MarshalJSON", method{at}}, {"with MarshalJSONTo", streamed{at}}} {
		out, err := json.Marshal(row.value, milliseconds)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%-25s %s\n", row.name, out)
	}
}
END
go mod tidy >/dev/null 2>&1
go run . | tee "$dir/got"
cat >"$dir/want" <<'END'
plain struct              {"at":"2026-02-04T19:59:00.000Z"}
with MarshalJSON          {"at":"2026-02-04T19:59:00.000123456Z"}
with MarshalJSONTo        {"at":"2026-02-04T19:59:00.000Z"}
END
diff "$dir/want" "$dir/got"
