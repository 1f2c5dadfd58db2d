package main

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
	_ "modernc.org/sqlite"

	"contest/judge/machine"
	"contest/judge/storetest"
	"contest/sandbox"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"judge": main})
}

// TestScripts runs the scripts in testdata/script: they are the manual, and
// they use the real compiler, sandbox and database.
func TestScripts(t *testing.T) {
	params := scripts()
	params.Dir = "testdata/script"
	testscript.Run(t, params)
}

// TestServedScripts runs those in testdata/served, in which a server and many clients
// work at the same time: make test has the race detector look at these.
func TestServedScripts(t *testing.T) {
	params := scripts()
	params.Dir = "testdata/served"
	testscript.Run(t, params)
}

// TestMeasuredScripts runs those in testdata/measured, in which programs are
// measured and compared, one after the other: they want the machine for
// themselves (make test sees to that), as scripts beside them disturb what they
// measure.
func TestMeasuredScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/measured/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			params := scripts()
			params.Files = []string{file}
			testscript.Run(t, params)
		})
	}
}

// TestPostgresScripts runs those in testdata/postgres with a real server.
func TestPostgresScripts(t *testing.T) {
	url := storetest.NewServer(t, "fsync=off").URL("postgres")
	params := scripts()
	params.Dir = "testdata/postgres"
	setup := params.Setup
	params.Setup = func(env *testscript.Env) error {
		env.Setenv("JUDGE_DB", url)
		return setup(env)
	}
	testscript.Run(t, params)
}

// testKey is where a script keeps its test.
type testKey struct{}

// patience is how long a script waits for what must come, on a busy machine too.
const patience = 3 * time.Minute

// scripts is how all scripts are run.
func scripts() testscript.Params {
	return testscript.Params{
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("NO_COLOR", "1")
			env.Setenv("JUDGE_CONTESTANT", "anna")
			env.Setenv("TMPDIR", env.WorkDir)
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else every judge lives a second longer
			env.Values[testKey{}] = env.T()
			// A failed script must not leave its file system behind.
			env.Defer(func() { _ = unix.Unmount(env.WorkDir+"/spring/.judge", unix.MNT_DETACH) })
			repo, err := os.Getwd()
			env.Setenv("REPO", strings.TrimSuffix(repo, "/cmd/judge"))
			return err
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root":
				return os.Getuid() == 0, nil
			case "fit": // for official contests
				red := machine.RedFindings(machine.Place{CPUs: []int{0}})
				return !sandbox.Check().Degraded && len(red) == 0, nil
			}
			return false, errors.New("unknown condition " + cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":    cmdStatus,
			"until":     cmdUntil,
			"measured":  cmdMeasured,
			"played":    cmdPlayed,
			"rounds":    cmdRounds,
			"freeport":  cmdFreePort,
			"soon":      cmdSoon,
			"interrupt": cmdInterrupt,
			"newer":     cmdNewer,
			"crowd":     cmdCrowd,
			"dismissed": cmdDismissed,
			"tried":     cmdTried,
		},
	}
}

// cmdStatus runs a program and demands its exact exit status: status 4 judge show 9.
func cmdStatus(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("%s ended with status %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// cmdUntil repeats a program until its output has a text: until 'text' judge status.
func cmdUntil(ts *testscript.TestScript, neg bool, args []string) {
	deadline := time.Now().Add(patience)
	for {
		err := ts.Exec(args[1], args[2:]...)
		if (err == nil && strings.Contains(ts.ReadFile("stdout"), args[0])) != neg {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%q did not come (or go) within %v", args[0], patience)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// cmdMeasured submits a file until its result has an interval: measured
// anna.cpp -u anna. A machine that does other things at the same time may disturb
// all runs of a test case; where it goes on doing so the script is skipped.
func cmdMeasured(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	deadline := time.Now().Add(2 * time.Minute)
	for {
		ts.Check(ts.Exec("judge", append([]string{"submit", path}, args[1:]...)...))
		if strings.Contains(ts.ReadFile("stdout"), "95 % interval") {
			return
		}
		if time.Now().After(deadline) {
			ts.Value(testKey{}).(testscript.T).Skip(args[0] + " got no interval within two minutes: the machine disturbs everything")
		}
		// Equal programs are not measured again.
		text := ts.ReadFile(args[0]) + fmt.Sprintf("\nextern const long another_%[1]d; const long another_%[1]d = %[1]d;\n", time.Now().UnixNano())
		ts.Check(os.WriteFile(path, []byte(text), 0o644))
	}
}

// cmdPlayed runs a final to its end: played judge final --top 1. It may have
// been disturbed too much for anything to be decided, which is status 8.
func cmdPlayed(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[0], args[1:]...)
	var exit *exec.ExitError
	disturbed := strings.Contains(ts.ReadFile("stderr"), "the machine disturbed too many runs") ||
		strings.Contains(ts.ReadFile("stdout"), `"stop": "unstable"`)
	if errors.As(err, &exit) && exit.ExitCode() == 8 && disturbed {
		return
	}
	ts.Check(err)
}

// cmdFreePort sets a variable to an address that nobody listens on.
func cmdFreePort(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	defer l.Close()
	ts.Setenv(args[0], l.Addr().String())
}

// cmdSoon sets a variable to a time in Dubai, a while from now: soon END 5s.
func cmdSoon(ts *testscript.TestScript, _ bool, args []string) {
	zone, err := time.LoadLocation("Asia/Dubai")
	ts.Check(err)
	d, err := time.ParseDuration(args[1])
	ts.Check(err)
	ts.Setenv(args[0], time.Now().Add(d).In(zone).Format(time.DateTime))
}

// cmdInterrupt runs a program, sends it SIGINT once a text stands in its
// standard error, and demands status 130: interrupt 'test 1' judge submit x.cpp.
// Its standard error is left in the file "interrupted".
func cmdInterrupt(ts *testscript.TestScript, _ bool, args []string) {
	path, err := exec.LookPath(args[1])
	ts.Check(err)
	cmd := exec.Command(path, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "JUDGE_CONTESTANT="+ts.Getenv("JUDGE_CONTESTANT"), "HOME="+ts.Getenv("HOME"))
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	var seen strings.Builder
	buf := make([]byte, 4096)
	for sent := false; ; {
		n, err := stderr.Read(buf)
		seen.Write(buf[:n])
		if !sent && strings.Contains(seen.String(), args[0]) {
			ts.Check(cmd.Process.Signal(os.Interrupt))
			sent = true
		}
		if err != nil {
			break
		}
	}
	_ = cmd.Wait()
	ts.Check(os.WriteFile(ts.MkAbs("interrupted"), []byte(seen.String()), 0o644))
	if got := cmd.ProcessState.ExitCode(); got != exitInterrupted {
		ts.Fatalf("status %d, want %d; it printed\n%s", got, exitInterrupted, seen.String())
	}
}

// crowd are connections that strangers hold open.
type crowd []net.Conn

// cmdCrowd opens connections without a token to an address: half of them send
// the beginning of a body, the others follow events. They are held until
// cmdDismissed: crowd $ADDR 600. What the server closes at once counts too.
func cmdCrowd(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var all crowd
	for i := range n {
		c, err := net.Dial("tcp", args[0])
		ts.Check(err)
		ts.Defer(func() { c.Close() })
		request := "POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{"
		switch i % 4 {
		case 1:
			request = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n"
		case 2:
			request = "GET /api/v1/submissions/1/events HTTP/1.1\r\nHost: x\r\n\r\n"
		case 3:
			request = "POST /p/sum/real HTTP/1.1\r\nHost: x\r\n" // the head goes on for ever
		}
		_, _ = c.Write([]byte(request)) // it may be closed already
		all = append(all, c)
	}
	crowds.Store(ts, all)
}

var crowds sync.Map // of crowd, by the script that opened it

// cmdDismissed demands that the server has closed, or closes, all connections
// of a crowd but so many, by itself: dismissed 100.
func cmdDismissed(ts *testscript.TestScript, _ bool, args []string) {
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	all, ok := crowds.Load(ts)
	if !ok {
		ts.Fatalf("there is no crowd")
	}
	gone := make(chan bool)
	for _, c := range all.(crowd) {
		go func() {
			_, err := io.Copy(io.Discard, c)
			gone <- !errors.Is(err, os.ErrDeadlineExceeded)
		}()
	}
	left := len(all.(crowd))
	late := time.After(patience)
	for left > most {
		select {
		case <-gone:
			left--
		case <-late:
			ts.Fatalf("%d connections are still open, want at most %d", left, most)
		}
	}
	for _, c := range all.(crowd) {
		_ = c.SetDeadline(time.Now()) // nothing must wait for those that are left
	}
	for range left {
		<-gone
	}
}

// cmdRounds waits until so many rounds of a final are stored, by looking into the
// database, as a final may be over before a judge that is asked has started:
// rounds spring final 1.
func cmdRounds(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(filepath.Join(args[0], ".judge", "judge.db")))
	ts.Check(err)
	defer db.Close()
	least, err := strconv.Atoi(args[2])
	ts.Check(err)
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		var rounds int
		ts.Check(db.QueryRow("select count(*) from final_round r join final f on f.id = r.final where f.name = ?", args[1]).Scan(&rounds))
		if rounds >= least {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("the final %q has %d rounds after %v, want %d", args[1], rounds, patience, least)
		}
	}
}

// cmdTried demands that a judging was claimed once and never failed on our
// side: tried spring 1.
func cmdTried(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(filepath.Join(args[0], ".judge", "judge.db")))
	ts.Check(err)
	defer db.Close()
	var epoch, failures, lost int
	ts.Check(db.QueryRow("select epoch, failures, lost from judging where submission = ? and current", args[1]).Scan(&epoch, &failures, &lost))
	if epoch != 1 || failures != 0 || lost != 0 {
		ts.Fatalf("submission %s: epoch %d, %d failures, lost %d times", args[1], epoch, failures, lost)
	}
}

// cmdNewer makes a database look as if a newer judge had written it.
func cmdNewer(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec("insert into goose_db_version (version_id, is_applied) values (9999, 1)")
	ts.Check(err)
	_, err = db.Exec("pragma wal_checkpoint(truncate)")
	ts.Check(err)
}
