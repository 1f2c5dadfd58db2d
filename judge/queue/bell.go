package queue

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// sqliteDriver is River's driver, with a bell. River's own writes a row for each job
// that is inserted and reads these rows every 50 ms: a job waits for that, and while
// programs are timed it is work for the CPUs.
type sqliteDriver struct {
	*riversqlite.Driver
	bell bell
}

func newSQLiteDriver(pool *sql.DB) sqliteDriver {
	return sqliteDriver{riversqlite.New(pool), make(bell, 64)}
}

// GetExecutor implements riverdriver.Driver.
func (d sqliteDriver) GetExecutor() riverdriver.Executor {
	return ringing{d.Driver.GetExecutor(), d.bell}
}

// UnwrapExecutor implements riverdriver.Driver. River calls it on a zero driver too, to
// end jobs, which rings nobody.
func (d sqliteDriver) UnwrapExecutor(tx *sql.Tx) riverdriver.ExecutorTx {
	return ringingTx{d.Driver.UnwrapExecutor(tx), d.bell}
}

// GetListener implements riverdriver.Driver.
func (d sqliteDriver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener {
	return d.bell
}

// bell carries River's notifications from those who change something to the worker,
// within this process: on SQLite there is no other one that works. It rings before the
// transaction has ended. Whoever then looks for jobs waits for the one connection that
// writes, and so for the end.
type bell chan *riverdriver.Notification

// ring never waits: a bell that nobody listens to may be full.
func (b bell) ring(params *riverdriver.NotifyManyParams) {
	for _, payload := range params.Payload {
		select {
		case b <- &riverdriver.Notification{Payload: payload, Topic: params.Topic}:
		default:
		}
	}
}

// Connect implements riverdriver.Listener; what rang before is over.
func (b bell) Connect(context.Context) error {
	for len(b) > 0 {
		<-b
	}
	return nil
}

// WaitForNotification implements riverdriver.Listener.
func (b bell) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case n := <-b:
		return n, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// The rest of riverdriver.Listener is for connections.

func (bell) Close(context.Context) error            { return nil }
func (bell) Listen(context.Context, string) error   { return nil }
func (bell) Unlisten(context.Context, string) error { return nil }
func (bell) Ping(context.Context) error             { return nil }
func (bell) Schema() string                         { return "" }
func (bell) SetAfterConnectExec(string)             {}

// ringing rings the bell where River's executor writes a row.
type ringing struct {
	riverdriver.Executor
	bell bell
}

func (r ringing) NotifyMany(_ context.Context, params *riverdriver.NotifyManyParams) error {
	r.bell.ring(params)
	return nil
}

func (r ringing) Begin(ctx context.Context) (riverdriver.ExecutorTx, error) {
	tx, err := r.Executor.Begin(ctx)
	return ringingTx{tx, r.bell}, err
}

// ringingTx is ringing in a transaction.
type ringingTx struct {
	riverdriver.ExecutorTx
	bell bell
}

func (r ringingTx) NotifyMany(_ context.Context, params *riverdriver.NotifyManyParams) error {
	r.bell.ring(params)
	return nil
}

func (r ringingTx) Begin(ctx context.Context) (riverdriver.ExecutorTx, error) {
	tx, err := r.ExecutorTx.Begin(ctx)
	return ringingTx{tx, r.bell}, err
}
