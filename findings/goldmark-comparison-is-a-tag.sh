#!/bin/sh
# goldmark v1.8.7: "if a<b and c>d" in a statement loses everything between < and >.
#
# By CommonMark, which goldmark follows to the letter, "<b and c>" is an opening tag b with
# the attributes "and" and "c" that have no value. Without html.WithUnsafe, which nobody sets
# for text that others wrote, a tag is left out, so that half of a condition is gone and no
# error is told. It depends on what stands beside it: with a digit, a comma, a plus sign or a
# blank after "<" nothing is lost, so that most statements look as if comparisons were safe.
#
# Output seen (tags of the paragraph and the comment that stands for a tag taken off):
#   if a<b and c>d   ->  if ad
#   if a<n or k>m    ->  if am
#   if a<b, c>d      ->  if a<b, c>d
#   if a<b+1 && c>d  ->  if a<b+1 && c>d
#   if a<2 and c>d   ->  if a<2 and c>d
#   if a< b and c>d  ->  if a< b and c>d
#
# Why a contest judge cares: constraints are comparisons. A statement that says "if a" where
# its author wrote "if a<b and c>d" is another problem, and contestants are the first to
# notice. Raw HTML has to be shown as the text that was written, or its author be warned.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
export GOPATH="$dir/go" GOFLAGS=-modcacherw
mkdir "$dir/main"
cd "$dir/main"
cat >go.mod <<'END'
module finding

go 1.22

require github.com/yuin/goldmark v1.8.7
END
cat >main.go <<'END'
package main

import (
	"bytes"
	"fmt"
	"html"
	"log"
	"strings"

	"github.com/yuin/goldmark"
)

func main() {
	for _, text := range []string{
		"if a<b and c>d", "if a<n or k>m", "if a<b, c>d", "if a<b+1 && c>d", "if a<2 and c>d", "if a< b and c>d",
	} {
		var out bytes.Buffer
		if err := goldmark.Convert([]byte(text), &out); err != nil {
			log.Fatal(err)
		}
		shown := strings.NewReplacer("<p>", "", "</p>", "", "<!-- raw HTML omitted -->", "").Replace(out.String())
		fmt.Printf("%-16s ->  %s\n", text, strings.TrimSpace(html.UnescapeString(shown)))
	}
}
END
go mod tidy >/dev/null 2>&1
go run . | tee "$dir/got"
cat >"$dir/want" <<'END'
if a<b and c>d   ->  if ad
if a<n or k>m    ->  if am
if a<b, c>d      ->  if a<b, c>d
if a<b+1 && c>d  ->  if a<b+1 && c>d
if a<2 and c>d   ->  if a<2 and c>d
if a< b and c>d  ->  if a< b and c>d
END
diff "$dir/want" "$dir/got"
