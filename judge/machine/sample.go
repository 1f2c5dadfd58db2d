package machine

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// sample is what the kernel has counted up to some moment.
type sample struct {
	cpus       map[int]ticks
	interrupts int64 // by devices, on one CPU; negative if unknown
	throttles  int64 // of that CPU, for heat; negative if unknown
}

// ticks of one CPU; 100 are a second.
type ticks struct{ all, busy, stolen int64 }

func (t ticks) since(before ticks) ticks {
	return ticks{t.all - before.all, t.busy - before.busy, t.stolen - before.stolen}
}

// share is a part of the time, 0 to 1.
func (t ticks) share(part int64) float64 {
	if t.all <= 0 {
		return 0
	}
	return float64(part) / float64(t.all)
}

func (h host) sample(cpu int) sample {
	s := sample{cpus: h.ticks(), interrupts: h.deviceInterrupts(cpu), throttles: -1}
	if text := h.text(throttleFile(cpu)); text != "" {
		s.throttles = int64(number(text))
	}
	return s
}

// ticks are what /proc/stat says of each CPU.
func (h host) ticks() map[int]ticks {
	cpus := map[int]ticks{}
	for line := range strings.Lines(h.text("proc/stat")) {
		f := strings.Fields(line)
		if len(f) < 9 {
			continue
		}
		name, is := strings.CutPrefix(f[0], "cpu")
		if n, err := strconv.Atoi(name); is && err == nil {
			cpus[n] = countTicks(f[1:])
		}
	}
	return cpus
}

// Strain is what has befallen CPUs so far; only what it grows by means
// anything. What this machine does not tell stays zero.
type Strain struct {
	StealTicks int64 // that the hypervisor took; 100 are a second
	Throttles  int64 // for heat
}

// StrainOf sums over CPUs.
func StrainOf(cpus []int) Strain { return thisHost().strain(cpus) }

func (h host) strain(cpus []int) Strain {
	var s Strain
	all := h.ticks()
	for _, cpu := range cpus {
		s.StealTicks += all[cpu].stolen
		s.Throttles += int64(number(h.text(throttleFile(cpu))))
	}
	return s
}

// Since is what came on top of before.
func (s Strain) Since(before Strain) Strain {
	return Strain{s.StealTicks - before.StealTicks, s.Throttles - before.Throttles}
}

func throttleFile(cpu int) string { return cpuDir(cpu) + "/thermal_throttle/core_throttle_count" }

// countTicks reads user, nice, system, idle, iowait, irq, softirq and steal;
// what follows is part of user.
func countTicks(columns []string) ticks {
	var t ticks
	for i, c := range columns[:8] {
		n, _ := strconv.ParseInt(c, 10, 64)
		t.all += n
		switch i {
		case 3, 4:
		case 7:
			t.stolen = n
		default:
			t.busy += n
		}
	}
	return t
}

// deviceInterrupts leaves out the kernel's own (timer, other CPUs), whose
// lines have names instead of numbers.
func (h host) deviceInterrupts(cpu int) int64 {
	head, lines, _ := strings.Cut(h.text("proc/interrupts"), "\n")
	column := slices.Index(strings.Fields(head), fmt.Sprintf("CPU%d", cpu))
	if column < 0 {
		return -1
	}
	var sum int64
	for line := range strings.Lines(lines) {
		name, counts, _ := strings.Cut(strings.TrimSpace(line), ":")
		f := strings.Fields(counts)
		if _, err := strconv.Atoi(name); err == nil && column < len(f) {
			n, _ := strconv.ParseInt(f[column], 10, 64)
			sum += n
		}
	}
	return sum
}

// number is 0 where text is no number.
func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// pressure is the share of the last ten seconds in which some task waited for
// a resource, in per cent.
func (h host) pressure(resource string) (float64, bool) {
	for line := range strings.Lines(h.text("proc/pressure/" + resource)) {
		if _, rest, ok := strings.Cut(line, "some avg10="); ok {
			v, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return v, err == nil
		}
	}
	return 0, false
}

// hottest is how far the hottest thermal zone is below its lowest passive or
// critical limit, in thousandths of a degree, with the zone's name.
func (h host) hottest() (room int, zone string, ok bool) {
	zones, _ := fs.Glob(h, "sys/class/thermal/thermal_zone*")
	for _, dir := range zones {
		temp := h.text(dir + "/temp")
		limits, _ := fs.Glob(h, dir+"/trip_point_*_type")
		for _, limit := range limits {
			kind, at := h.text(limit), number(h.text(strings.TrimSuffix(limit, "type")+"temp"))
			if temp == "" || at <= 0 || kind != "passive" && kind != "critical" && kind != "hot" {
				continue
			}
			if r := at - number(temp); !ok || r < room {
				room, zone, ok = r, h.text(dir+"/type"), true
			}
		}
	}
	return room, zone, ok
}

// swapUsed is in kB; negative if unknown.
func (h host) swapUsed() int {
	total, free := -1, 0
	for line := range strings.Lines(h.text("proc/meminfo")) {
		f := strings.Fields(line)
		switch {
		case len(f) < 2:
		case f[0] == "SwapTotal:":
			total = number(f[1])
		case f[0] == "SwapFree:":
			free = number(f[1])
		}
	}
	if total < 0 {
		return -1
	}
	return total - free
}
