package sandbox

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// timing looks at what spoils times. Nothing is refused for the lack of any:
// the results say how exact they are.
func (r *Report) timing() {
	for _, f := range []finding{
		{Protection{Name: "real-time scheduling", Found: "SCHED_FIFO is allowed",
			Meaning: "nothing else is scheduled into a measured run",
			Cure:    fmt.Sprintf("run the judge as root, or: ulimit -r %d (LimitRTPRIO=%d under systemd); on cgroup v1 give its group cpu.rt_runtime_us", priority+1, priority+1),
			Without: "runs are measured under normal scheduling; other work on the CPU shows in their real time"}, CanSchedule(FIFO)},
		{Protection{Name: "task clock", Found: "perf_event_open counts CPU time",
			Meaning: "the CPU time of a running program is exact, not as of the last timer tick",
			Cure:    "run the judge as root, or: sysctl kernel.perf_event_paranoid=1",
			Without: "CPU time inside a window includes the end of the program, some 0.1 ms"}, CanReadTaskClock()},
		checkClock(),
		checkCount(),
		checkSetting("fixed frequency", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", []string{"performance"},
			Protection{Found: "nothing scales it here", Meaning: "a CPU is as fast at the start of a run as later",
				Cure: "cpupower frequency-set -g performance", Without: "short runs are measured while the CPU speeds up"}),
		checkSetting("a core each", "/sys/devices/system/cpu/smt/active", []string{"0"},
			Protection{Found: "no hyper-threads", Meaning: "no other thread shares the units and caches of a measured core",
				Cure: "echo off > /sys/devices/system/cpu/smt/control", Without: "what runs on the sibling slows a run down, by up to a half"}),
		checkHugePages(),
		checkLoad(),
		checkStolen(),
	} {
		f.Group = Timing
		r.add(f.Protection, f.err)
	}
}

// finding is a protection, and why it is missing if it is.
type finding struct {
	Protection
	err error
}

// checkClock wants a clock that is read without entering the kernel.
func checkClock() finding {
	const file = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
	b, err := os.ReadFile(file)
	source := strings.TrimSpace(string(b))
	if err != nil {
		source = "unknown source"
	}
	cost := clockCost()
	f := finding{Protection: Protection{Name: "clock", Found: fmt.Sprintf("%s, %v a reading", source, cost),
		Meaning: "the judge's clock is fine and cheap to read",
		Cure:    "echo tsc > " + file + ", or boot with tsc=reliable where the CPU has a steady one",
		Without: "every reading takes longer than what it may add to a short run"}}
	if slow := []string{"hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"}; slices.Contains(slow, source) || cost > 2*time.Microsecond {
		f.err = errors.New(f.Found)
	}
	return f
}

// clockCost is the fastest of some readings, so that load does not show.
func clockCost() time.Duration {
	least := time.Duration(1 << 62)
	var ts unix.Timespec
	for range 20 {
		start := time.Now()
		for range 50 {
			_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
		}
		least = min(least, time.Since(start)/50)
	}
	return least
}

func checkCount() finding {
	n := runtime.NumCPU()
	f := finding{Protection: Protection{Name: "two CPUs", Found: fmt.Sprintf("%d CPUs", n),
		Meaning: "the judge and the machine have a CPU beside the measured one",
		Cure:    "use a machine with at least two CPUs; check taskset -p $$",
		Without: "whatever else the machine does is in the real time of runs"}}
	if n < 2 {
		f.err = errors.New("1 CPU")
	}
	return f
}

// checkSetting reads a file of the kernel's; without it there is nothing to
// set, as in most virtual machines.
func checkSetting(name, file string, good []string, p Protection) finding {
	p.Name = name
	b, err := os.ReadFile(file)
	if err != nil {
		return finding{Protection: p}
	}
	if value := strings.TrimSpace(string(b)); !slices.Contains(good, value) {
		return finding{p, fmt.Errorf("%s is %s", file, value)}
	}
	p.Found = ""
	return finding{Protection: p}
}

func checkHugePages() finding {
	const file = "/sys/kernel/mm/transparent_hugepage/enabled"
	b, _ := os.ReadFile(file)
	f := finding{Protection: Protection{Name: "huge pages on request", Found: "not given unasked",
		Meaning: "a run does not depend on which memory happens to be free in one piece",
		Cure:    "echo madvise > " + file,
		Without: "the same program is faster or slower by some per cent from run to run"}}
	if strings.Contains(string(b), "[always]") {
		f.err = errors.New("given always")
	}
	return f
}

func checkLoad() finding {
	b, _ := os.ReadFile("/proc/loadavg")
	first, _, _ := strings.Cut(string(b), " ")
	load, err := strconv.ParseFloat(first, 64)
	f := finding{Protection: Protection{Name: "quiet CPUs", Found: fmt.Sprintf("load %s on %d CPUs", first, runtime.NumCPU()),
		Meaning: "times are not spoilt by other work",
		Cure:    "stop other work, or keep it off the judge's CPUs (systemd: AllowedCPUs; kernel command line: isolcpus)",
		Without: "times scatter"}}
	if err != nil || load >= 0.5*float64(runtime.NumCPU()) {
		f.err = errors.New(f.Found)
	}
	return f
}

func checkStolen() finding {
	b, _ := os.ReadFile("/proc/stat")
	head, _, _ := strings.Cut(string(b), "\n")
	const steal = 8 // field of "cpu user nice system idle iowait irq softirq steal ..."
	var stolen, all float64
	for i, f := range strings.Fields(head) {
		v, _ := strconv.ParseFloat(f, 64)
		all += v
		if i == steal {
			stolen = v
		}
	}
	share := 0.0
	if all > 0 {
		share = 100 * stolen / all
	}
	f := finding{Protection: Protection{Name: "own CPUs", Found: fmt.Sprintf("%.2f%% of CPU time stolen by the host since boot", share),
		Meaning: "a hypervisor does not take the CPU away in the middle of a run",
		Cure:    "measure on bare metal, or rent dedicated CPUs",
		Without: "single runs are longer by milliseconds"}}
	if share >= 0.1 {
		f.err = errors.New(f.Found)
	}
	return f
}
