package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"contest/judge"

	"github.com/jmoiron/sqlx"
)

// A worker's judging, with everything it needs of the store, costs one transaction:
// each is a sync of the disk, or a round trip for every statement.
func TestOneTripToClaim(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "judge.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetEnqueuer(noQueue{})
	if err := db.EnsureContestant(t.Context(), theJudge, "alice"); err != nil {
		t.Fatal(err)
	}
	files := []judge.File{{Name: "b.cpp", Data: []byte("int main() {}\n")}, {Name: "a.h", Data: []byte("\n\n//\n")}}
	_, _, err = db.Submit(t.Context(), judge.Submission{Problem: "p", Contestant: "alice", Language: "g++", Files: files}, nil)
	if err != nil {
		t.Fatal(err)
	}
	writes, reads := count(db.write), count(db.read)
	db.write, db.read = writes.pool, reads.pool
	a, err := db.ClaimNext(t.Context(), time.Minute)
	if err != nil || len(a.Submission.Files) != len(files) {
		t.Fatalf("claimed %+v, error %v; want all of an assignment", a, err)
	}
	for _, c := range []struct {
		what      string
		got, most int64
	}{
		{"transactions", writes.begun.Load(), 1}, {"statements in it", writes.statements.Load(), 6},
		{"transactions of readers", reads.begun.Load(), 0}, {"statements before it", reads.statements.Load(), 2},
	} {
		if c.got > c.most {
			t.Errorf("%s of a claim: got %d, want at most %d", c.what, c.got, c.most)
		}
	}
	if writes.begun.Load() == 0 {
		t.Error("no transaction was counted")
	}
}

type noQueue struct{}

func (noQueue) EnqueueTx(context.Context, *Tx, Job) error { return nil }

// counted is a pool that counts what is asked of it.
type counted struct {
	pool              *sqlx.DB
	from              *sql.DB
	begun, statements atomic.Int64
}

func count(pool *sqlx.DB) *counted {
	c := &counted{from: pool.DB}
	c.pool = sqlx.NewDb(sql.OpenDB(c), pool.DriverName())
	c.pool.SetMaxOpenConns(1)
	return c
}

// Connect implements driver.Connector with a connection of the counted pool.
func (c *counted) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.from.Conn(ctx)
	if err != nil {
		return nil, err
	}
	out := &countedConn{counted: c, conn: conn}
	return out, conn.Raw(func(raw any) error { out.Conn = raw.(driver.Conn); return nil })
}

func (c *counted) Driver() driver.Driver { return c.from.Driver() }

type countedConn struct {
	driver.Conn
	*counted
	conn *sql.Conn
}

func (c *countedConn) Close() error { return c.conn.Close() }

func (c *countedConn) BeginTx(ctx context.Context, opt driver.TxOptions) (driver.Tx, error) {
	c.begun.Add(1)
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opt)
}

func (c *countedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.statements.Add(1)
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c *countedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.statements.Add(1)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}
