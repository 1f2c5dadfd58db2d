package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"contest/judge/storetest"
)

func TestEventOfWrites(t *testing.T) {
	storetest.RunWrites(t, storetest.Engines["sqlite"]) // what is an event is not up to the engine
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
