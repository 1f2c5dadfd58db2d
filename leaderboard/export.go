package leaderboard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// Export writes the pages, the JSON and the assets as files under dir, with the
// bytes that the server sends, except that pages say that they are a copy and do
// not follow changes. Each file appears whole, by rename, and only when it changed;
// api/v1/head.json, which says of which moment all are, comes last. Files of an
// earlier export that no page leads to any more are left alone.
func (s *Site) Export(ctx context.Context, dir string) error {
	snap, err := s.refresh(ctx)
	if err != nil {
		return err
	}
	still := *snap.view
	still.copied = true
	snap = newSnapshot(&still)
	for _, file := range s.files(snap) {
		if err := s.exportFile(ctx, snap, dir, file); err != nil {
			return fmt.Errorf("export %s: %w", file, err)
		}
	}
	return nil
}

func (s *Site) exportFile(ctx context.Context, snap *snapshot, dir, file string) error {
	if !filepath.IsLocal(filepath.FromSlash(file)) {
		return errors.New("the name leads out of the folder")
	}
	want := http.StatusOK
	a := s.content(ctx, snap, "/"+file, nil).answer
	if file == notFoundFile {
		want = http.StatusNotFound
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if a.status != want {
		return fmt.Errorf("the page answers with status %d", a.status)
	}
	return replaceFile(filepath.Join(dir, filepath.FromSlash(file)), a.body)
}

// notFoundFile is what static hosts send for what they do not have.
const notFoundFile = "404.html"

// files are all files of the tree: assets, pages, data, the head last.
func (s *Site) files(snap *snapshot) []string {
	out := []string{"assets/" + s.assets.css, "assets/" + s.assets.js, "favicon.svg", notFoundFile}
	for _, rt := range slices.Backward(s.routes) {
		out = append(out, rt.files(snap.view)...)
	}
	return out
}

// replaceFile puts body in place of a file, whole or not at all.
func replaceFile(name string, body []byte) error {
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, body) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-"+strconv.Itoa(os.Getpid())+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(body)
	if err := errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
