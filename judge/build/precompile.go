package build

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"contest/sandbox"
)

// Reading <bits/stdc++.h> is most of a compile: some 480 files, a second and
// more. headers keeps it precompiled, one for each compiler and set of flags.
//
// It must change nothing but the time. So it is used only where it is the
// first thing in a translation unit (opening.go) and no file of the submission
// has the name of a header; and what the compiler then says counts only if it
// says nothing at all. With an error, a warning or a limit that was hit the
// sources are compiled once more without it, because messages about headers
// would tell another path to them.
//
// Submissions cannot reach it: the judge makes it, from one fixed line, in a
// container of its own; keeps it in a folder that only its user may enter; and
// mounts it read-only, under a name that nobody can guess or ask for. It is
// believed only with the right owner, mode and digest, and as long as every
// file that went into it is as it was (headercache.go).
type headers struct {
	dir    string
	logger *slog.Logger
	cpu    string // what -march=native means here

	making sync.Mutex // held by the one that loads or makes; nobody waits for it
	mu     sync.Mutex // guards what follows
	ready  map[string]*header
	failed map[string]time.Time
	cc1    map[fileState]string // the compiler proper, by its driver
}

// header is one precompiled header, checked.
type header struct {
	manifest
	path string    // its folder in the cache
	file fileState // the file as it was when its digest was right
	used time.Time
}

const (
	// keptHeaders bounds the cache: each takes some 120 MB.
	keptHeaders = 6
	// idleBefore is how long one must have been unused to give way to another.
	// With more flags in use than are kept, making them in turn would cost
	// more than they save.
	idleBefore = time.Hour
	// retryAfter is how long making one is not tried again after it failed.
	retryAfter  = 10 * time.Minute
	headerBytes = 512 << 20
)

// Precompile has the toolchains that can do so keep precompiled standard
// headers in dir, which is made when needed and must be the judge's alone.
// Where that does not work compiling goes on without them, and logger is told.
func (ts Toolchains) Precompile(dir string, logger *slog.Logger) Toolchains {
	h := &headers{dir: dir, logger: logger, cpu: processor(), ready: map[string]*header{}, failed: map[string]time.Time{}, cc1: map[fileState]string{}}
	ts = slices.Clone(ts)
	for i := range ts {
		if ts[i].Precompiles {
			ts[i].headers = h
		}
	}
	return ts
}

// find returns the precompiled header to compile src with, made now if need
// be, or nil: none is kept, src must not use one, or there is none for now.
func (h *headers) find(ctx context.Context, t Toolchain, src Source) *header {
	flags := t.Options(src.Flags)
	if h == nil || !safeToPrecompile(slices.Concat(t.Flags, src.Flags)) || !t.wantsStandardHeader(src) {
		return nil
	}
	found, err := h.get(ctx, t, flags)
	switch {
	case err == nil && !shadows(src, found.Included):
		return found
	case err != nil && !errors.Is(err, errNotNow) && ctx.Err() == nil:
		h.logger.Warn("compile without a precompiled header, which takes longer", "compiler", t.Path, "error", err)
	}
	return nil
}

// errNotNow says that a header may be there next time.
var errNotNow = errors.New("not now")

func (h *headers) get(ctx context.Context, t Toolchain, flags []string) (*header, error) {
	key, err := h.key(ctx, t, flags)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	found, failed := h.ready[key], h.failed[key]
	h.mu.Unlock()
	if found != nil && found.unchanged() {
		h.touch(found)
		return found, nil
	}
	if time.Since(failed) < retryAfter || !h.making.TryLock() {
		return nil, errNotNow
	}
	defer h.making.Unlock()
	found, err = h.loadOrMake(ctx, t, flags, key)
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.ready, key)
	switch {
	case err == nil:
		h.ready[key] = found
	case !errors.Is(err, errNotNow) && ctx.Err() == nil:
		h.failed[key] = time.Now()
	}
	return found, err
}

// loadOrMake takes what this or another judge made before, or makes it.
func (h *headers) loadOrMake(ctx context.Context, t Toolchain, flags []string, key string) (*header, error) {
	if found, err := h.load(key); err == nil {
		return found, nil
	}
	unlock, err := h.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	found, err := h.load(key)
	if err == nil {
		return found, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		h.logger.Info("a precompiled header is made anew", "reason", err)
	}
	if err := h.makeRoom(key); err != nil {
		return nil, err
	}
	start := time.Now()
	made, err := precompile(ctx, t, flags)
	if err != nil {
		return nil, err
	}
	if err := h.store(key, made, start); err != nil {
		return nil, err
	}
	return h.load(key)
}

// madeHeader is what a compiler made of the standard header.
type madeHeader struct {
	data  []byte
	files []string // that it read
}

// precompile makes the header in a container that sees no submission.
func precompile(ctx context.Context, t Toolchain, flags []string) (madeHeader, error) {
	const source, out, list = "all.h", "all.gch", "all.d"
	box, err := sandbox.New(ctx, sandbox.Config{Mounts: toolchainMounts(), Devices: true, WorkBytes: 2 * headerBytes, WorkInodes: 64})
	if err != nil {
		return madeHeader{}, fmt.Errorf("prepare the container: %w", err)
	}
	defer box.Close()
	if err := box.WriteFile(source, []byte("#include <"+standardHeader+">\n"), 0o644); err != nil {
		return madeHeader{}, err
	}
	lim := compilerLimits(JuryLimits)
	lim.FileBytes = headerBytes
	facts, err := box.Run(ctx, sandbox.Command{
		Args: slices.Concat([]string{t.Path}, flags, []string{"-x", "c++-header", "-MD", "-MF", list, "-o", out, source}),
		Env:  compilerEnv, KeepWork: true, Limits: lim,
	})
	if err != nil {
		return madeHeader{}, fmt.Errorf("run the compiler: %w", err)
	}
	if !silent(facts) {
		return madeHeader{}, fmt.Errorf("%s does not precompile %s: %s", t.Path, standardHeader, diagnostics(facts, JuryLimits))
	}
	rules, err := box.ReadFile(list, 1<<20)
	if err != nil {
		return madeHeader{}, err
	}
	data, err := box.ReadFile(out, headerBytes)
	if err != nil {
		return madeHeader{}, err
	}
	return madeHeader{data, prerequisites(string(rules))}, nil
}

// prerequisites are the absolute paths in a rule that the compiler wrote for make.
func prerequisites(rule string) []string {
	_, list, _ := strings.Cut(rule, ":")
	var files []string
	for _, file := range strings.Fields(strings.ReplaceAll(list, "\\\n", " ")) {
		if filepath.IsAbs(file) {
			files = append(files, filepath.Clean(file))
		}
	}
	return files
}

var asksFor = regexp.MustCompile(`(?:include|include_next|__has_include|__has_include_next)[ \t]*\(?[ \t]*[<"]([^<>"\n]+)[>"]`)

// includedNames are the names of all files read, and all names without a
// folder that they ask for, whether or not they found them: a file of a
// submission with one of them may be read in their place.
func includedNames(files []string) (map[string]bool, error) {
	names := map[string]bool{}
	for _, file := range files {
		names[filepath.Base(file)] = true
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		for _, match := range asksFor.FindAllSubmatch(text, -1) {
			if !bytes.ContainsRune(match[1], '/') {
				names[string(match[1])] = true
			}
		}
	}
	return names, nil
}

// mount is where a compile sees the header, and the folder to search for it.
// The compiler tries every file of a folder that is called like the header
// with .gch at the end; that the folder's own path and the file's name are
// random keeps sources from asking whether it is there.
func (f *header) mount() (sandbox.Mount, string) {
	include := "/" + rand.Text()
	return sandbox.Mount{Source: filepath.Join(f.path, headerFolder), Target: path.Join(include, standardHeader+".gch")}, include
}
