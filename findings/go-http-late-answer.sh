#!/bin/sh
# net/http of Go 1.26.8: an answer waits for a body that nobody asked for.
#
# A handler that answers 401 at once, without having read the body, is held back
# by the server until the client has sent all of it, as long as the body is
# announced with less than 262,144 bytes. One of 262,144 bytes or more is
# answered at once, and so is a small one if the handler sets "Connection: close".
# The documentation of EnableFullDuplex says that a body is consumed before the
# answer; neither the limit nor the wait of a client that sends nothing is there.
#
# Output seen:
#   go1.26.8
#   /refuse announced    1000 bytes, none sent: no answer in 2s; once they came: HTTP/1.1 401 Unauthorized
#   /refuse announced  262143 bytes, none sent: no answer in 2s; once they came: HTTP/1.1 401 Unauthorized
#   /refuse announced  262144 bytes, none sent: HTTP/1.1 401 Unauthorized
#   /close  announced    1000 bytes, none sent: HTTP/1.1 401 Unauthorized
#   /close  announced  262143 bytes, none sent: HTTP/1.1 401 Unauthorized
#
# Why a contest judge cares: refusing a token before reading the sources does not
# free the connection. Sources are nearly always smaller than that limit, so who
# announces some and sends none keeps a descriptor until a read deadline passes.
# A refusal has to close the connection, and bodies of strangers want a short
# deadline.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT INT TERM
export GOPATH="$dir/go" GOFLAGS=-modcacherw GOTOOLCHAIN=go1.26.8
cd "$dir"
cat >go.mod <<'END'
module finding

go 1.26.8
END
cat >main.go <<'END'
package main

import (
	"bufio"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"time"
)

const (
	silence = 2 * time.Second
	refusal = "HTTP/1.1 401 Unauthorized"
)

func main() {
	fmt.Println(runtime.Version())
	mux := http.NewServeMux()
	mux.HandleFunc("POST /refuse", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no token", http.StatusUnauthorized)
	})
	mux.HandleFunc("POST /close", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		http.Error(w, "no token", http.StatusUnauthorized)
	})
	server := httptest.NewServer(mux)
	ok := true
	for _, c := range []struct {
		path string
		size int
		late bool
	}{
		{"/refuse", 1_000, true}, {"/refuse", 262_143, true}, {"/refuse", 262_144, false},
		{"/close", 1_000, false}, {"/close", 262_143, false},
	} {
		ok = try(server.Listener.Addr().String(), c.path, c.size) == c.late && ok
	}
	if !ok {
		fmt.Println("CHANGED: this is not what was found")
		os.Exit(1)
	}
}

// try announces a body and says whether the answer came only after the body.
func try(addr, path string, size int) (late bool) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	answer := bufio.NewReader(conn)
	read := func(d time.Duration) string {
		conn.SetReadDeadline(time.Now().Add(d))
		line, _ := answer.ReadString('\n')
		return strings.TrimSpace(line)
	}
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", path, size)
	fmt.Printf("%-7s announced %7d bytes, none sent: ", path, size)
	if line := read(silence); line != "" {
		fmt.Println(line)
		return line != refusal
	}
	conn.Write(make([]byte, size))
	line := read(30 * time.Second)
	fmt.Printf("no answer in %v; once they came: %s\n", silence, line)
	return line == refusal
}
END
go run .
