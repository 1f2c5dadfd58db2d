package store_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"contest/judge/store"
	"contest/judge/storetest"
)

func TestEventOfWrites(t *testing.T) {
	storetest.RunWrites(t, storetest.Engines["sqlite"]) // what is an event is not up to the engine
}

// Follow wakes subscribers when another process has changed something, and not twice
// for what this one did.
func TestFollow(t *testing.T) {
	t.Parallel()
	for engine, url := range map[string]func() string{
		"sqlite": func() string { return storetest.SQLite(t) }, "postgres": func() string { return storetest.Postgres(t) },
	} {
		url := url()
		here, there := storetest.OpenURL(t, url, store.Options{}), storetest.OpenURL(t, url, store.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		changed, unsubscribe := here.Subscribe()
		done := make(chan error, 1)
		go func() { done <- here.Follow(ctx) }()
		<-changed // what there was
		ok(t, there.AddContestant(ctx, storetest.Organiser, "alice", ""))
		select {
		case <-changed:
		case <-time.After(time.Minute):
			t.Errorf("%s: nothing was told of another process's change", engine)
		}
		cancel()
		ok(t, <-done)
		ok(t, here.AddContestant(t.Context(), storetest.Organiser, "bob", ""))
		<-changed
		again, cancel := context.WithCancel(t.Context())
		cancel() // one look
		ok(t, here.Follow(again))
		if len(changed) != 0 {
			t.Errorf("%s: a change of this process was told twice", engine)
		}
		unsubscribe()
	}
}

// Every exported method that can come to a transaction is in storetest.Writes, where
// it is tried whether it is an event.
func TestWritesAreAll(t *testing.T) {
	t.Parallel()
	calls := callsOfPackage(t)
	var writes []string
	for name := range calls.exported {
		if calls.reach(name, "inTx", map[string]bool{}) {
			writes = append(writes, name)
		}
	}
	slices.Sort(writes)
	if known := slices.Sorted(maps.Keys(storetest.Writes)); !slices.Equal(writes, known) {
		t.Errorf("methods of *DB that write:\n%v\nstoretest.Writes has\n%v", writes, known)
	}
}

// packageCalls are the functions of a package with the names of what each calls.
type packageCalls struct {
	exported map[string]bool // methods of *DB
	of       map[string]map[string]bool
}

func (c packageCalls) reach(from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	for next := range c.of[from] {
		if c.reach(next, to, seen) {
			return true
		}
	}
	return false
}

func callsOfPackage(t *testing.T) packageCalls {
	t.Helper()
	c := packageCalls{map[string]bool{}, map[string]map[string]bool{}}
	files := token.NewFileSet()
	parsed, err := parser.ParseDir(files, ".", func(info fs.FileInfo) bool { return !strings.HasSuffix(info.Name(), "_test.go") }, 0)
	ok(t, err)
	for _, file := range parsed["store"].Files {
		for _, decl := range file.Decls {
			f, is := decl.(*ast.FuncDecl)
			if !is {
				continue
			}
			if c.of[f.Name.Name] == nil {
				c.of[f.Name.Name] = map[string]bool{}
			}
			if f.Recv != nil && f.Name.IsExported() {
				if star, is := f.Recv.List[0].Type.(*ast.StarExpr); is {
					if of, is := star.X.(*ast.Ident); is && of.Name == "DB" {
						c.exported[f.Name.Name] = true
					}
				}
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if call, is := n.(*ast.CallExpr); is {
					switch fun := call.Fun.(type) {
					case *ast.Ident:
						c.of[f.Name.Name][fun.Name] = true
					case *ast.SelectorExpr:
						c.of[f.Name.Name][fun.Sel.Name] = true
					}
				}
				return true
			})
		}
	}
	return c
}
