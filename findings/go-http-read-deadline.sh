#!/bin/sh
# net/http of Go 1.26.8: a read deadline ends a request that has nothing to read.
#
# Server.ReadTimeout does nothing to a GET whose handler is still writing. The
# same time set by that handler with ResponseController.SetReadDeadline cancels
# the request's context as it passes, although the client is there and what is
# written afterwards still reaches it. The documentation speaks of reads from
# the request's body only; this request has none.
#
# Output seen:
#   go1.26.8
#   Server.ReadTimeout of 500ms: context after 2s: <nil>
#   SetReadDeadline in 500ms:    context after 2s: context canceled
#   the client got "first, then last" both times
#
# Why a contest judge cares: one deadline for all requests, meant for slow
# senders, ends every stream of events after that time, with no error anywhere;
# viewers reconnect for ever. Only requests that have a body may get one.
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
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"time"
)

const limit, handling = 500 * time.Millisecond, 2 * time.Second

func main() {
	fmt.Println(runtime.Version())
	var ended error
	mux := http.NewServeMux()
	stream := func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "first, ")
		http.NewResponseController(w).Flush()
		time.Sleep(handling)
		ended = r.Context().Err()
		io.WriteString(w, "then last")
	}
	mux.HandleFunc("GET /plain", stream)
	mux.HandleFunc("GET /deadline", func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).SetReadDeadline(time.Now().Add(limit))
		stream(w, r)
	})
	server := httptest.NewUnstartedServer(mux)
	server.Config.ReadTimeout = limit
	server.Start()
	defer server.Close()

	first := get(server.URL + "/plain")
	fmt.Printf("Server.ReadTimeout of %v: context after %v: %v\n", limit, handling, ended)
	ok := ended == nil
	second := get(server.URL + "/deadline")
	fmt.Printf("SetReadDeadline in %v:    context after %v: %v\n", limit, handling, ended)
	ok = ok && ended != nil && first == "first, then last" && first == second
	if !ok {
		fmt.Printf("CHANGED: this is not what was found; the client got %q and %q\n", first, second)
		os.Exit(1)
	}
	fmt.Printf("the client got %q both times\n", first)
}

func get(url string) string {
	res, err := http.Get(url)
	if err != nil {
		log.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		log.Fatal(err)
	}
	return string(body)
}
END
go run .
