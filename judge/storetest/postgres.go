package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"contest/judge/store"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL server of our own in a temporary folder, reached
// through a socket there. It dies with this process.
type Server struct {
	dir      string
	settings []string
	cmd      *exec.Cmd
	ended    chan struct{}
}

// shared is one server for all tests of a process: starting one takes seconds.
var shared = sync.OnceValues(func() (*Server, error) {
	s, err := startServer("fsync=off")
	if err != nil {
		return nil, err
	}
	sharedStarted.Store(s)
	return s, s.makeTemplate()
})

var sharedStarted atomic.Pointer[Server]

// template is a database that is up to date, to copy for each test.
const template = "judge_template"

var databases atomic.Int64

// Postgres makes an empty, migrated database on the process's shared server
// and returns its address. Without server binaries the test is skipped.
func Postgres(t testing.TB) (url string) {
	t.Helper()
	s, err := shared()
	if errors.Is(err, errNoServer) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s.database(t, "template "+template)
}

// EmptyPostgres is Postgres without our tables.
func EmptyPostgres(t testing.TB) (url string) {
	t.Helper()
	Postgres(t)
	s, _ := shared()
	return s.database(t, "")
}

func (s *Server) database(t testing.TB, options string) string {
	t.Helper()
	name := fmt.Sprintf("test%d", databases.Add(1))
	if err := s.exec(t.Context(), "create database "+name+" "+options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.exec(context.Background(), "drop database "+name+" with (force)"); err != nil {
			t.Error(err)
		}
	})
	return s.URL(name)
}

// NewServer starts a server for one test, which may stop and start it.
// Settings are such as "fsync=on".
func NewServer(t testing.TB, settings ...string) *Server {
	t.Helper()
	s, err := startServer(settings...)
	if errors.Is(err, errNoServer) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	return s
}

var errNoServer = errors.New("no PostgreSQL server on this machine (initdb not found)")

func startServer(settings ...string) (*Server, error) {
	if _, err := binary("initdb"); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "judge-pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, settings: settings}
	if err := s.init(); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return s, nil
}

func (s *Server) init() error {
	if id := credential(); id != nil {
		if err := os.Chown(s.dir, int(id.Uid), int(id.Gid)); err != nil {
			return err
		}
	}
	cmd, err := s.command("initdb", "-D", s.data(), "-U", "judge", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return s.Start()
}

// Start starts the server and returns when it takes connections.
func (s *Server) Start() error {
	args := []string{"-D", s.data(), "-c", "listen_addresses=", "-c", "unix_socket_directories=" + s.dir, "-c", "max_connections=200"}
	for _, set := range s.settings {
		args = append(args, "-c", set)
	}
	cmd, err := s.command("postgres", args...)
	if err != nil {
		return err
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	s.cmd, s.ended = cmd, make(chan struct{})
	ready := make(chan error, 1)
	go func() {
		defer close(s.ended)
		// The kernel sends Pdeathsig when the starting thread ends.
		runtime.LockOSThread()
		if err := cmd.Start(); err != nil {
			ready <- err
			return
		}
		awaitReady(bufio.NewScanner(stderr), ready)
		cmd.Wait()
	}()
	return <-ready
}

// awaitReady reads the server's log to its end and reports once what became
// of the start.
func awaitReady(log *bufio.Scanner, ready chan<- error) {
	var lines []string
	for log.Scan() {
		if ready == nil {
			continue
		}
		lines = append(lines, log.Text())
		if strings.Contains(log.Text(), "database system is ready to accept connections") {
			ready <- nil
			ready = nil
		}
	}
	if ready != nil {
		ready <- fmt.Errorf("postgres did not start:\n%s", strings.Join(lines, "\n"))
	}
}

// Stop ends the server at once, as a crash would, and waits for its end.
func (s *Server) Stop() {
	if s.cmd != nil && s.cmd.Process != nil {
		s.cmd.Process.Signal(syscall.SIGQUIT)
	}
	if s.ended != nil {
		<-s.ended
	}
}

func (s *Server) remove() {
	s.Stop()
	os.RemoveAll(s.dir)
}

// URL is the address of one of the server's databases; "postgres" always exists.
func (s *Server) URL(database string) string {
	return "postgres://judge@/" + database + "?host=" + s.dir
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) exec(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, statement)
	return err
}

func (s *Server) makeTemplate() error {
	ctx := context.Background()
	if err := s.exec(ctx, "create database "+template); err != nil {
		return err
	}
	db, err := store.Open(ctx, s.URL(template), store.Options{})
	if err != nil {
		return err
	}
	return db.Close()
}

// command runs a program of PostgreSQL as an ordinary user: it refuses root.
func (s *Server) command(name string, args ...string) (*exec.Cmd, error) {
	path, err := binary(name)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential()}
	return cmd, nil
}

func binary(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) == 0 {
		return "", errNoServer
	}
	return found[len(found)-1], nil
}

// credential is the user the server runs as; nil is ourselves.
func credential() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return nil
}
