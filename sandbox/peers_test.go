package sandbox

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"golang.org/x/sys/unix"
)

// peerRun is one run of a program as the one who ran it reports it.
type peerRun struct {
	total     time.Duration // from the request to the result
	cpu, real time.Duration // what it says of the program; negative if nothing
}

// peer is one way to run a program.
type peer struct {
	name  string
	every int // how many rounds from one run to the next: slow ones have fewer
	run   func(program *os.File) (peerRun, error)
	// start makes another container; nil where each run has its own.
	start func() (time.Duration, error)
	end   func()
	// nop and burn are what was measured.
	nop, burn []peerRun
}

const (
	peerRounds = 300
	// inARow are the no-ops of a turn that count. One before them does not: it
	// pays for what the turn of another left in the caches.
	inARow = 3
)

// BenchmarkPeers compares sandboxed runs with those of other sandboxes, where
// they are installed, and with a bare vfork, exec and wait, taking turns in
// random order. TestMain prints its table.
func BenchmarkPeers(b *testing.B) {
	nop, burn := compiled(b, "nop.c"), compiled(b, "burn.c")
	for b.Loop() {
		peers := findPeers(b, nop)
		for round := range peerRounds {
			for _, i := range rand.Perm(len(peers)) {
				p := peers[i]
				if round%p.every != 0 {
					continue
				}
				p.must(b, nop)
				for range inARow {
					p.nop = append(p.nop, p.must(b, nop))
				}
				p.burn = append(p.burn, p.must(b, burn))
			}
		}
		figures.peers = comparison(peers)
		figures.rest = standing(b, peers) + throughput(b, peers[:3], nop)
	}
	b.ReportMetric(0, "ns/op")
}

// figures are what the benchmarks of this package print at the end.
var figures struct{ peers, rest string }

func (p *peer) must(b *testing.B, program *os.File) peerRun {
	b.Helper()
	r, err := p.run(program)
	if err != nil {
		b.Fatalf("%s: %v", p.name, err)
	}
	return r
}

// findPeers are the bare run, ours without and with a work folder, and whoever
// can run a no-op here. It says who is missing, and why.
func findPeers(b *testing.B, nop *os.File) []*peer {
	b.Helper()
	list := []*peer{{name: "bare vfork and exec", run: func(program *os.File) (peerRun, error) {
		run := runBare(b, program)
		return peerRun{run.total, run.cpu, run.real}, nil
	}}, ours(b, "ours, nothing writable", Config{}), ours(b, "ours, fresh /work", Config{WorkBytes: 16 << 20})}
	for _, other := range []struct {
		name string
		find func(dir string) (*peer, error)
	}{{"go-sandbox", goSandbox}, {"go-judge", goJudge}, {"isolate", isolate}, {"nsjail", nsjail}, {"bubblewrap", bubblewrap}, {"firejail", firejail}} {
		p, err := other.find(filepath.Dir(nop.Name()))
		if err == nil {
			if _, err = p.run(nop); err != nil && p.end != nil {
				p.end()
			}
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s is left out: %v\n", other.name, err)
			continue
		}
		list = append(list, p)
	}
	for _, p := range list {
		p.every = max(p.every, 1)
		if p.end != nil {
			b.Cleanup(p.end)
		}
	}
	return list
}

func ours(b *testing.B, name string, cfg Config) *peer {
	c := container(b, cfg)
	return &peer{name: name, run: func(program *os.File) (peerRun, error) {
		start := time.Now()
		facts, err := c.Run(context.Background(), Command{Program: program, Args: []string{"program"}})
		total := time.Since(start)
		if err == nil && (!facts.Exited || facts.ExitStatus != 0) {
			err = fmt.Errorf("%+v", facts)
		}
		return peerRun{total, facts.CPU, facts.Real}, err
	}, start: func() (time.Duration, error) {
		start := time.Now()
		c, err := New(context.Background(), cfg)
		took := time.Since(start)
		if err == nil {
			err = c.Close()
		}
		return took, err
	}}
}

// built finds a program that the Makefile builds for this benchmark.
func built(name string) (string, error) {
	dir := os.Getenv("JUDGE_PEERS")
	if dir == "" {
		return "", errors.New("JUDGE_PEERS does not name the folder with it (make bench builds it)")
	}
	path := filepath.Join(dir, name)
	_, err := os.Stat(path)
	return path, err
}

// goSandbox is testdata/peers, which is asked line by line.
func goSandbox(string) (*peer, error) {
	path, err := built("go-sandbox")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	answers := bufio.NewReader(out)
	ask := func(line string) (total, cpu time.Duration, err error) {
		if _, err := fmt.Fprintln(in, line); err != nil {
			return 0, 0, err
		}
		_, err = fmt.Fscanln(answers, &total, &cpu)
		return total, cpu, err
	}
	return &peer{name: "go-sandbox, the library", every: 2, run: func(program *os.File) (peerRun, error) {
		total, cpu, err := ask(program.Name())
		return peerRun{total, cpu, -1}, err
	}, start: func() (time.Duration, error) {
		total, _, err := ask("")
		return total, err
	}, end: func() {
		_ = in.Close()
		_ = cmd.Wait()
	}}, nil
}

// goJudge is a server that is asked through HTTP. Its control groups take no
// real-time programs, so that it runs with normal priority.
func goJudge(dir string) (*peer, error) {
	path, err := built("go-judge")
	if err != nil {
		return nil, err
	}
	mounts := filepath.Join(dir, "mount.yaml")
	text := fmt.Sprintf("mount:\n  - {type: bind, source: %q, target: /prog, readonly: true}\n  - {type: tmpfs, target: /w, data: size=16m}\n", dir)
	if err := os.WriteFile(mounts, []byte(text), 0o644); err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	const groups = "judge-benchmark-peer"
	cmd := exec.Command("chrt", "-o", "0", path, "-http-addr", address, "-mount-conf", mounts, "-parallelism", "1", "-silent", "-cgroup-prefix", groups)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	end := func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		removeGroups(groups)
	}
	for try := 0; ; try++ {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
			break
		}
		if try == 100 {
			end()
			return nil, err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return &peer{name: "go-judge, HTTP", every: 2, end: end, run: func(program *os.File) (peerRun, error) {
		return askGoJudge(address, "/prog/"+filepath.Base(program.Name()))
	}}, nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func askGoJudge(address, path string) (peerRun, error) {
	type object = map[string]any
	request, err := json.Marshal(object{"cmd": []object{{
		"args": []string{path}, "cpuLimit": 1e9, "clockLimit": 2e9, "memoryLimit": 256 << 20, "procLimit": 4,
		"files": []object{{"content": ""}, {"name": "stdout", "max": 1024}, {"name": "stderr", "max": 1024}},
	}}})
	if err != nil {
		return peerRun{}, err
	}
	start := time.Now()
	answer, err := http.Post("http://"+address+"/run", "application/json", bytes.NewReader(request))
	if err != nil {
		return peerRun{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return peerRun{}, err
	}
	r := peerRun{total: time.Since(start)}
	var results []struct {
		Status        string
		Time, RunTime time.Duration
	}
	if err := json.Unmarshal(body, &results); err != nil || len(results) != 1 || results[0].Status != "Accepted" {
		return r, fmt.Errorf("it answers %s", body)
	}
	r.cpu, r.real = results[0].Time, results[0].RunTime
	return r, nil
}

// removeGroups removes what go-judge leaves of its control groups.
func removeGroups(name string) {
	for _, pattern := range []string{"/sys/fs/cgroup/*/", "/sys/fs/cgroup/"} {
		for _, inside := range []string{"/*/*", "/*", ""} {
			found, _ := filepath.Glob(pattern + name + inside)
			for _, dir := range found {
				_ = unix.Rmdir(dir)
			}
		}
	}
}

// command is a peer that is a command, to which the program's path is added.
// It reports nothing but its end.
func command(name string, every int, args ...string) (*peer, error) {
	path, err := exec.LookPath(args[0])
	if err != nil {
		return nil, err
	}
	return &peer{name: name, every: every, run: func(program *os.File) (peerRun, error) {
		last := len(args) - 1
		full := append(args[:last:last], args[last]+filepath.Base(program.Name()))
		var said bytes.Buffer
		cmd := exec.Cmd{Path: path, Args: full, Stderr: &said}
		start := time.Now()
		err := cmd.Run()
		total := time.Since(start)
		if err != nil {
			err = fmt.Errorf("%w: %s", err, firstLine(said.String()))
		}
		return peerRun{total, -1, -1}, err
	}}, nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

func bubblewrap(dir string) (*peer, error) {
	return command("bubblewrap", 2, "bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", dir, "/prog", "--tmpfs", "/tmp", "--", "/prog/")
}

func firejail(dir string) (*peer, error) {
	return command("firejail", 10, "firejail", "--quiet", "--noprofile", "--net=none", dir+"/")
}

func nsjail(dir string) (*peer, error) {
	return command("nsjail", 2, "nsjail", "-Mo", "-Q", "--disable_proc", "-R", dir+":/prog", "-T", "/tmp", "--", "/prog/")
}

func isolate(dir string) (*peer, error) {
	const box = "--box-id=99"
	p, err := command("isolate", 2, "isolate", box, "--silent", "--dir=/prog="+dir, "--run", "--", "/prog/")
	if err != nil {
		return nil, err
	}
	if said, err := exec.Command("isolate", box, "--init").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, firstLine(string(said)))
	}
	p.end = func() { _ = exec.Command("isolate", box, "--cleanup").Run() }
	return p, nil
}

// pick gives one of the figures of some runs, without those that are not known.
func pick(runs []peerRun, get func(peerRun) time.Duration) samples {
	var s samples
	for _, r := range runs {
		if d := get(r); d >= 0 {
			s = append(s, d)
		}
	}
	return s
}

func total(r peerRun) time.Duration { return r.total }
func cpu(r peerRun) time.Duration   { return r.cpu }
func real(r peerRun) time.Duration  { return r.real }

// comparison is the table of all peers. The first is the bare run, the second
// is ours.
func comparison(peers []*peer) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "µs\tno-op p50\tp95\tabove bare p50\tp95\ttimes ours\tCPU error\treal error\tburn p50\tabove bare\tCPU error\truns\t")
	bare, us := peers[0], peers[1]
	above := func(p *peer, q float64) time.Duration {
		return pick(p.nop, total).at(q) - pick(bare.nop, total).at(q)
	}
	for _, p := range peers {
		nop, burn := pick(p.nop, total), pick(p.burn, total)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%.1f\t", p.name, micros(nop.at(0.5)), micros(nop.at(0.95)), micros(above(p, 0.5)), micros(above(p, 0.95)),
			float64(above(p, 0.5))/float64(above(us, 0.5)))
		fmt.Fprintf(w, "%s\t%s\t", apart(p.nop, bare.nop, cpu, cpu), apart(p.nop, bare.nop, real, real))
		fmt.Fprintf(w, "%s\t%s\t%s\t%d+%d\t\n", micros(burn.at(0.5)), micros(burn.at(0.5)-pick(bare.burn, total).at(0.5)), relative(p.burn, bare.burn), len(p.nop), len(p.burn))
	}
	w.Flush()
	return text.String()
}

func micros(d time.Duration) string { return strconv.FormatFloat(us(d), 'f', 0, 64) }

// apart is how far a reported median is from that of the bare run.
func apart(runs, bare []peerRun, reported, true func(peerRun) time.Duration) string {
	s := pick(runs, reported)
	if len(s) == 0 {
		return "-"
	}
	return fmt.Sprintf("%+.0f", us(s.at(0.5)-pick(bare, true).at(0.5)))
}

// relative is how far the CPU time of a burn is from that of the bare run.
func relative(runs, bare []peerRun) string {
	s := pick(runs, cpu)
	if len(s) == 0 {
		return "-"
	}
	return fmt.Sprintf("%+.2f %%", 100*(float64(s.at(0.5))/float64(pick(bare, cpu).at(0.5))-1))
}

// standing says what it takes to start a container, and what an idle one holds.
func standing(b *testing.B, peers []*peer) string {
	b.Helper()
	var text strings.Builder
	for _, p := range peers {
		if p.start == nil {
			continue
		}
		var s samples
		for range 100 {
			d, err := p.start()
			if err != nil {
				b.Fatalf("%s: %v", p.name, err)
			}
			s = append(s, d)
		}
		fmt.Fprintf(&text, "a new container, %s: median %.2f ms, p95 %.2f ms\n", p.name, us(s.at(0.5))/1000, us(s.at(0.95))/1000)
	}
	const many, times = 60, 5
	var each samples // of bytes
	for range times {
		before := available(b)
		var list []*Container
		for range many {
			c, err := New(context.Background(), Config{WorkBytes: 16 << 20})
			if err != nil {
				b.Fatal(err)
			}
			list = append(list, c)
		}
		each = append(each, time.Duration((before-available(b))/many))
		for _, c := range list {
			if err := c.Close(); err != nil {
				b.Fatal(err)
			}
		}
	}
	fmt.Fprintf(&text, "memory of an idle container of ours, with all that the kernel keeps of it: %d KiB (middle of %d times %d)\n", each.at(0.5)>>10, times, many)
	return text.String()
}

// available is the memory of the machine that is left, in bytes.
func available(b *testing.B) int64 {
	b.Helper()
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		b.Skip(err)
	}
	_, rest, _ := strings.Cut(string(text), "MemAvailable:")
	var kib int64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		b.Fatal("MemAvailable:", err)
	}
	return kib << 10
}

// throughput is how many runs a second two CPUs make, with normal priority: the
// last that is measured, as it lets the threads go where they want.
func throughput(b *testing.B, peers []*peer, nop *os.File) string {
	b.Helper()
	if err := unbind(); err != nil {
		return fmt.Sprintf("runs per second are left out: %v\n", err)
	}
	const lanes, lasts = 2, time.Second
	var text strings.Builder
	for _, p := range []struct {
		name string
		run  func() (func() error, error)
	}{
		{peers[0].name, func() (func() error, error) {
			return func() error { _, err := peers[0].run(nop); return err }, nil
		}},
		{peers[1].name, lane(b, nop, Config{})},
		{peers[2].name, lane(b, nop, Config{WorkBytes: 16 << 20})},
	} {
		var all sync.WaitGroup
		var runs [lanes]int
		for i := range lanes {
			run, err := p.run()
			if err != nil {
				b.Fatal(err)
			}
			all.Go(func() {
				for end := time.Now().Add(lasts); time.Now().Before(end); runs[i]++ {
					if err := run(); err != nil {
						b.Errorf("%s: %v", p.name, err)
						return
					}
				}
			})
		}
		all.Wait()
		fmt.Fprintf(&text, "runs per second on two CPUs, %s: %.0f\n", p.name, float64(runs[0]+runs[1])/lasts.Seconds())
	}
	return text.String()
}

// lane makes a container of its own for one of several that run at once.
func lane(b *testing.B, program *os.File, cfg Config) func() (func() error, error) {
	return func() (func() error, error) {
		c := container(b, cfg)
		return func() error {
			_, err := c.Run(context.Background(), Command{Program: program, Args: []string{"program"}})
			return err
		}, nil
	}
}

// unbind undoes for this process what .ci/quiet does.
func unbind() error {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	var all unix.CPUSet
	for cpu := range 1024 {
		all.Set(cpu)
	}
	for _, t := range tasks {
		id, _ := strconv.Atoi(t.Name())
		err = cmp.Or(err, unix.SchedSetAttr(id, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL}, 0))
		err = cmp.Or(err, unix.SchedSetaffinity(id, &all))
	}
	return err
}
