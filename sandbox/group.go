package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// group is the control group that the programs of one container run in. Its
// files stay open, so that a run costs a few preads.
type group struct {
	dirs    []string
	members string // the file that lists who lives in it
	files   []*os.File

	attach []int // v1: a child joins by writing "0" to these
	into   int   // v2: a child is cloned into this folder; else -1

	cpu, usage, peak, ooms, pids counter

	killed int64 // what ooms said last

	memoryMax, swapMax, pidsMax setting
	realtime                    realtime
	swapWithMemory              bool // v1: swapMax limits memory plus swap and may never be below memoryMax
	peakResets                  bool // else the group serves one run
}

// counter is a number in a file of a control group.
type counter struct {
	fd    int    // -1: the kernel has none
	key   string // in a file of "key value" lines
	scale int64
}

// read gives 0 for a counter that this kernel lacks.
func (c counter) read() (int64, error) {
	if c.fd < 0 {
		return 0, nil
	}
	var buf [counterBytes]byte
	n, err := unix.Pread(c.fd, buf[:], 0)
	if err != nil {
		return 0, err
	}
	return c.parse(buf[:n])
}

// counterBytes is enough to hold the line that is looked for.
const counterBytes = 512

func (c counter) parse(b []byte) (int64, error) {
	b, _, _ = bytes.Cut(b, []byte{0})
	text := string(b)
	if c.key != "" {
		_, rest, ok := strings.Cut("\n"+text, "\n"+c.key+" ")
		if !ok {
			return 0, fmt.Errorf("no %s in %q", c.key, text)
		}
		text = rest
	}
	text, _, _ = strings.Cut(text, "\n")
	n, err := strconv.ParseInt(text, 10, 64)
	return n * c.scale, err
}

// setting is a file of a control group that is written only when its value
// changes.
type setting struct {
	fd   int // -1: the kernel has no such setting
	last string
}

func (s *setting) set(value string) error {
	if s.fd < 0 || s.last == value {
		return nil
	}
	if _, err := unix.Pwrite(s.fd, []byte(value), 0); err != nil {
		return err
	}
	s.last = value
	return nil
}

// newGroup makes a group for programs that may use cpus (all if empty).
func (c cgroups) newGroup(cpus []int) (_ *group, err error) {
	name, err := ownGroupName()
	if err != nil {
		return nil, err
	}
	none := setting{fd: -1}
	g := &group{into: -1, memoryMax: none, swapMax: none, pidsMax: none, realtime: realtime{runtime: none}}
	defer func() {
		if err != nil {
			err = errors.Join(explainGroup("make control group", err), g.remove())
		}
	}()
	at, err := c.makeFolders(g, name, len(cpus) > 0)
	if err != nil {
		return nil, err
	}
	if len(cpus) > 0 && c.cpuset {
		if err := c.bindCPUs(at("cpuset"), cpus); err != nil {
			return nil, err
		}
	}
	if c.version == 2 {
		return g, g.openUnified(at(""))
	}
	return g, g.openLegacy(at)
}

// makeFolders makes one folder per hierarchy and says which controller has
// its files where.
func (c cgroups) makeFolders(g *group, name string, cpuset bool) (func(string) string, error) {
	place := map[string]string{}
	made := map[string]string{} // base -> our folder: controllers may share a hierarchy
	for controller, base := range c.base {
		if controller == "cpuset" && !cpuset {
			continue
		}
		if made[base] == "" {
			folder, err := makeNumbered(filepath.Join(base, name))
			if err != nil {
				return nil, err
			}
			made[base] = folder.Name()
			g.dirs = append(g.dirs, folder.Name())
			g.files = append(g.files, folder)
			if c.version == 2 {
				g.into = int(folder.Fd())
			}
		}
		place[controller] = made[base]
	}
	return func(controller string) string {
		if c.version == 2 {
			return place[""]
		}
		return place[controller]
	}, nil
}

// makeNumbered makes prefix-N with the first free N, and locks it.
func makeNumbered(prefix string) (*os.File, error) {
	for n := 0; ; n++ {
		dir := prefix + "-" + strconv.Itoa(n)
		if err := os.Mkdir(dir, 0o755); errors.Is(err, os.ErrExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		folder, err := lockGroup(dir)
		if errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, os.ErrNotExist) {
			continue // a judge in another process namespace sweeps it just now
		}
		if err != nil {
			return nil, errors.Join(err, os.Remove(dir))
		}
		return folder, nil
	}
}

// bindCPUs must come before anything joins: a v1 cpuset starts empty.
func (c cgroups) bindCPUs(dir string, cpus []int) error {
	mems := "cpuset.mems"
	if c.version == 1 {
		b, err := os.ReadFile(filepath.Join(filepath.Dir(dir), mems))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, mems), b, 0); err != nil {
			return err
		}
	}
	list := make([]string, len(cpus))
	for i, cpu := range cpus {
		list[i] = strconv.Itoa(cpu)
	}
	return os.WriteFile(filepath.Join(dir, "cpuset.cpus"), []byte(strings.Join(list, ",")), 0)
}

func (g *group) open(name string, flags int) (int, error) {
	f, err := os.OpenFile(name, flags, 0)
	if err != nil {
		return -1, err
	}
	g.files = append(g.files, f)
	return int(f.Fd()), nil
}

func (g *group) openLegacy(at func(string) string) error {
	g.swapWithMemory, g.peakResets = true, true
	g.members = filepath.Join(at("pids"), "cgroup.procs")
	memory := at("memory")
	err := g.openAll(map[string]*int{
		filepath.Join(at("cpuacct"), "cpuacct.usage"):         &g.cpu.fd,
		filepath.Join(memory, "memory.usage_in_bytes"):        &g.usage.fd,
		filepath.Join(memory, "memory.max_usage_in_bytes"):    &g.peak.fd,
		filepath.Join(memory, "memory.oom_control"):           &g.ooms.fd,
		filepath.Join(memory, "memory.limit_in_bytes"):        &g.memoryMax.fd,
		filepath.Join(at("pids"), "pids.current"):             &g.pids.fd,
		filepath.Join(at("pids"), "pids.max"):                 &g.pidsMax.fd,
		filepath.Join(memory, "memory.memsw.limit_in_bytes?"): &g.swapMax.fd,
	})
	if err != nil {
		return err
	}
	g.cpu.scale, g.usage.scale, g.peak.scale, g.pids.scale = 1, 1, 1, 1
	g.ooms.key, g.ooms.scale = "oom_kill", 1
	for _, dir := range g.dirs {
		fd, err := g.open(filepath.Join(dir, "tasks"), os.O_WRONLY)
		if err != nil {
			return err
		}
		g.attach = append(g.attach, fd)
	}
	return g.openRealtime(at("cpuacct"))
}

func (g *group) openUnified(dir string) error {
	g.members = filepath.Join(dir, "cgroup.procs")
	err := g.openAll(map[string]*int{
		filepath.Join(dir, "cpu.stat"):         &g.cpu.fd,
		filepath.Join(dir, "memory.current"):   &g.usage.fd,
		filepath.Join(dir, "memory.events"):    &g.ooms.fd,
		filepath.Join(dir, "memory.max"):       &g.memoryMax.fd,
		filepath.Join(dir, "memory.swap.max?"): &g.swapMax.fd,
		filepath.Join(dir, "pids.current"):     &g.pids.fd,
		filepath.Join(dir, "pids.max"):         &g.pidsMax.fd,
	})
	if err != nil {
		return err
	}
	g.cpu.key, g.cpu.scale = "usage_usec", 1000
	g.ooms.key, g.ooms.scale = "oom_kill", 1
	g.usage.scale, g.peak.scale, g.pids.scale = 1, 1, 1
	if err := g.set(&g.swapMax, "0"); err != nil {
		return err
	}
	return g.openPeak(filepath.Join(dir, "memory.peak"))
}

// openPeak: since kernel 6.12 writing to an open memory.peak starts it anew
// for that descriptor; before, the file is for reading only; before 5.19
// there is none, and no peak is reported.
func (g *group) openPeak(name string) error {
	info, err := os.Stat(name)
	if errors.Is(err, os.ErrNotExist) {
		g.peak.fd = -1
		return nil
	}
	if err != nil {
		return err
	}
	flags := os.O_RDONLY
	if g.peakResets = info.Mode()&0o200 != 0; g.peakResets {
		flags = os.O_RDWR
	}
	g.peak.fd, err = g.open(name, flags)
	return err
}

// openAll opens files for what they allow. A name that ends in "?" may be
// missing.
func (g *group) openAll(files map[string]*int) error {
	for name, fd := range files {
		name, optional := strings.CutSuffix(name, "?")
		var err error
		if *fd, err = g.open(name, os.O_RDWR); errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EINVAL) {
			*fd, err = g.open(name, os.O_RDONLY)
		}
		if err != nil && !(optional && errors.Is(err, os.ErrNotExist)) {
			return err
		}
	}
	return nil
}

// set names the file where it fails.
func (g *group) set(s *setting, value string) error {
	err := s.set(value)
	if err == nil {
		return nil
	}
	for _, f := range g.files {
		if int(f.Fd()) == s.fd {
			return &os.PathError{Op: "set to " + value, Path: f.Name(), Err: err}
		}
	}
	return err
}

// vanished says whether somebody removed the group, which they can while it
// is empty.
func (g *group) vanished() bool {
	if g == nil {
		return false
	}
	for _, c := range []counter{g.cpu, g.usage, g.pids} {
		if _, err := c.read(); errors.Is(err, unix.ENODEV) {
			return true
		}
	}
	return false
}

// limit sets what the next program may use.
func (g *group) limit(memory int64, processes int) error {
	if err := g.set(&g.pidsMax, strconv.Itoa(min(processes, maxProcesses))); err != nil {
		return explainGroup("set process limit", err)
	}
	value := strconv.FormatInt(memory, 10)
	first, second := &g.memoryMax, &setting{fd: -1}
	if g.swapWithMemory {
		second = &g.swapMax
		// The kernel refuses any moment in which memory is above memory
		// plus swap.
		if last, err := strconv.ParseInt(first.last, 10, 64); err == nil && memory > last {
			first, second = second, first
		}
	}
	for _, s := range []*setting{first, second} {
		if err := g.set(s, value); err != nil {
			return explainGroup("set memory limit", err)
		}
	}
	return nil
}

// readings are what the child reads of its group while nothing of the program
// has happened yet.
type readings struct {
	zero [2]byte // "0", what is written to join and to reset
	cpu  [counterBytes]byte
}

// receive has a clone be born in the group, where the kernel can do that (v2).
func (g *group) receive(args *cloneArgs) {
	if g == nil || g.into < 0 {
		return
	}
	args.flags |= unix.CLONE_INTO_CGROUP
	args.cgroup = uint64(g.into)
}

// join appends the steps that start memory accounting and enter the group.
func (g *group) join(s *script, r *readings) {
	r.zero[0] = '0'
	zero := s.addr(unsafe.Pointer(&r.zero))
	if g.peakResets {
		s.call("reset memory peak", unix.SYS_PWRITE64, uintptr(g.peak.fd), zero, 1, 0)
	}
	for _, fd := range g.attach {
		s.call("join control group", unix.SYS_WRITE, uintptr(fd), zero, 1)
	}
}

// mark appends the step that reads CPU use at the last moment before exec.
func (g *group) mark(s *script, r *readings) {
	s.call("read CPU use", unix.SYS_PREAD64, uintptr(g.cpu.fd), s.addr(unsafe.Pointer(&r.cpu)), unsafe.Sizeof(r.cpu)-1, 0)
}

// inhabited says whether somebody lives in the group, and whether it is empty
// but for so many dead that we have not waited for. It is neither while more
// are there that died, and that nobody waited for: they go only just after
// their parent did. They are counted, and not listed.
func (g *group) inhabited(dead int64) (lives, empty bool, err error) {
	n, err := g.pids.read()
	if err != nil || n <= dead {
		return false, true, err
	}
	list, err := os.ReadFile(g.members)
	return len(list) > 0, false, err
}

// close forgets the group without removing it.
func (g *group) close() {
	for _, f := range g.files {
		_ = f.Close()
	}
	g.files = nil
	g.realtime.runtime.fd = -1 // is written to once more when the run is over
}

// remove takes the group away.
func (g *group) remove() error {
	g.close()
	var failed error
	for _, dir := range g.dirs {
		failed = errors.Join(failed, removeGroup(dir))
	}
	return failed
}
