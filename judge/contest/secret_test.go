package contest

import (
	"os"
	"strings"
	"sync"
	"testing"

	"contest/judge"
)

func TestSecretIsMadeOnce(t *testing.T) {
	f := Folder(t.TempDir())
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	seen := map[judge.Secret]int{}
	var group sync.WaitGroup
	for range 8 { // commands in one folder, at once
		group.Go(func() {
			s, _, err := f.Secret("")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			seen[s]++
		})
	}
	group.Wait()
	if len(seen) != 1 {
		t.Fatalf("got %d secrets, want 1", len(seen))
	}
	s, fresh, err := f.Secret("")
	if err != nil || fresh || seen[s] != 8 {
		t.Errorf("again: got fresh %v, %v", fresh, err)
	}
	info, err := os.Stat(f.State("secret"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v, want 0600", info.Mode(), err)
	}
	if text, err := os.ReadFile(f.State(".gitignore")); err != nil || string(text) != "*\n" {
		t.Errorf("version control would take the secret: %q, %v", text, err)
	}
}

func TestSecretKeepsItsCommitment(t *testing.T) {
	f := Folder(t.TempDir())
	if err := f.Prepare(); err != nil {
		t.Fatal(err)
	}
	s, fresh, err := f.Secret("")
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	if got, _, err := f.Secret(s.Commitment()); err != nil || got != s {
		t.Errorf("with its commitment: %v", err)
	}
	for _, c := range []struct{ name, text, want string }{
		{"another", string(judge.NewSecret()), "commits to another secret"},
		{"a damaged one", string(s)[:63], "64 hexadecimal digits"},
		{"none", "", "is missing"},
	} {
		if err := os.Remove(f.State("secret")); err != nil {
			t.Fatal(err)
		}
		if c.text != "" {
			if err := os.WriteFile(f.State("secret"), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := f.Secret(s.Commitment()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := os.Stat(f.State("secret")); err == nil {
		t.Error("a secret that was committed to was made anew")
	}
}
