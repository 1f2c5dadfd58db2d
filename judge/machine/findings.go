package machine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"contest/sandbox"
)

// quick are the checks that need no watching and can be red.
func (e exam) quick() []Finding {
	return []Finding{e.scheduling(), e.accounting(), e.clock(), e.count()}
}

// watched are the checks that compare two moments.
func (e exam) watched() []Finding {
	return []Finding{e.steal(), e.load(), e.clocked(), e.sibling(), e.interruptions(), e.throttled(), e.pageFaults()}
}

// settings are the checks of what an organiser can set.
func (e exam) settings() []Finding {
	return []Finding{
		e.where(), e.isolation(), e.tickless(), e.governor(), e.boosted(), e.pressed("cpu", 5), e.pressed("memory", 0), e.pressed("io", 0),
		e.hugePages(), e.merging(), e.swap(), e.balancing(), e.watchdog(), e.kernelAge(), e.virtualised(), e.cores(), e.heat(), e.partition(), e.slices(),
	}
}

// informative are facts that are neither good nor bad.
func (e exam) informative() []Finding {
	return []Finding{e.addresses(), e.counters(), e.realtimeShare()}
}

func (e exam) isolated() bool {
	for _, file := range []string{cpusDir + "/isolated", "sys/fs/cgroup/cpuset.cpus.isolated"} {
		if slices.Contains(sandbox.ParseCPUs(e.text(file)), e.cpu()) {
			return true
		}
	}
	return false
}

func (e exam) scheduling() Finding {
	f := Finding{Name: "scheduling", Meaning: "other work cannot take the CPU away in the middle of a run"}
	if e.schedule == nil {
		return f.rate(Red, true, "real-time scheduling is allowed")
	}
	f.Cure = e.schedule.Error()
	if e.isolated() {
		return f.rate(Yellow, false, "normal, on an isolated CPU")
	}
	return f.rate(Red, false, "normal, on a CPU shared with everything else")
}

func (e exam) accounting() Finding {
	f := Finding{Name: "CPU clock", Meaning: "the CPU time of every thread and process is known at the end of a window"}
	switch {
	case e.taskClock == nil:
		return f.rate(Red, true, "exact (task clock)")
	case e.groups:
		f.Cure = e.taskClock.Error()
		return f.rate(Yellow, false, "read after the kill, some 0.1 ms more (control group)")
	}
	f.Cure = e.taskClock.Error() + ", or let the judge have control groups"
	return f.rate(Red, false, "neither task clock nor control group")
}

func (e exam) clock() Finding {
	f := Finding{Name: "clock source", Meaning: "reading the clock takes nanoseconds, without a call into the kernel or the hypervisor",
		Cure: "use the CPU's own clock: clocksource=tsc on the kernel's command line, if the hypervisor offers a stable one"}
	source := e.text(clockFile)
	return f.rate(Red, slices.Contains([]string{"tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"}, source), source)
}

func (e exam) count() Finding {
	f := Finding{Name: "CPUs", Meaning: "one CPU measures while another runs the judge and everything else",
		Cure: "give the judge a machine, or a set of CPUs, with at least two"}
	if len(e.allowed) == 0 {
		return f.rate(Red, false, "")
	}
	return f.rate(Red, len(e.allowed) > 1, fmt.Sprintf("%s, measuring on %s", printCPUs(e.allowed), printCPUs(e.at.CPUs)))
}

func (e exam) spent(cpu int) (ticks, bool) {
	before, ok := e.before.cpus[cpu]
	now := e.after.cpus[cpu].since(before)
	return now, ok && now.all > 0
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

func (e exam) steal() Finding {
	f := Finding{Name: "steal", Meaning: "the hypervisor does not take the CPU away; steal does not show neighbours in cache and memory",
		Cure: "use a machine with CPUs of its own"}
	t, ok := e.spent(e.cpu())
	if !ok {
		return f.rate(Red, false, "")
	}
	share := t.share(t.stolen)
	return f.rate(Red, share <= 0.01, percent(share)+" of the measured CPU")
}

func (e exam) load() Finding {
	f := Finding{Name: "other load", Meaning: "nothing else runs on the measured CPU, which would also empty its caches",
		Cure: "stop other work, or keep it off this CPU (isolcpus=, AllowedCPUs= of system.slice)"}
	t, ok := e.spent(e.cpu())
	if !ok {
		return f.rate(Red, false, "")
	}
	share := t.share(t.busy)
	return f.rate(Red, share <= 0.05, percent(share)+" of the measured CPU")
}

func (e exam) clocked() Finding {
	f := Finding{Name: "frequency at work", Meaning: "the CPU is not slowed down for heat or power",
		Cure: "mend cooling or power limits; set the governor to performance"}
	if e.base == 0 || e.frequency == 0 {
		return f.rate(Red, false, "")
	}
	// A clock that is read while it settles is a little off.
	return f.rate(Red, float64(e.frequency) >= 0.98*float64(e.base), fmt.Sprintf("%d MHz, base %d MHz", e.frequency/1000, e.base/1000))
}

func (e exam) sibling() Finding {
	f := Finding{Name: "sibling thread", Meaning: "no second thread on the measured core takes half of its units and caches",
		Cure: "switch it off: echo off > /sys/devices/system/cpu/smt/control"}
	if e.text(cpusDir+"/smt/active") == "0" {
		if control := e.text(cpusDir + "/smt/control"); control == "notsupported" && e.virtual() {
			return f.rate(Yellow, false, "") // the hypervisor hides it
		}
		return f.rate(Yellow, true, "none")
	}
	siblings := sandbox.ParseCPUs(e.text(cpuDir(e.cpu()) + "/topology/thread_siblings_list"))
	if len(siblings) == 0 {
		return f.rate(Yellow, false, "")
	}
	busy := 0.0
	for _, cpu := range siblings {
		if t, ok := e.spent(cpu); ok && cpu != e.cpu() {
			busy = max(busy, t.share(t.busy))
		}
	}
	return f.rate(Yellow, len(siblings) == 1 || busy <= 0.01, fmt.Sprintf("CPUs %s share a core, the other was busy for %s", printCPUs(siblings), percent(busy)))
}

func (e exam) interruptions() Finding {
	f := Finding{Name: "interrupts", Meaning: "devices do not interrupt the measured CPU",
		Cure: fmt.Sprintf("keep them off: write other CPUs into /proc/irq/*/smp_affinity_list, stop irqbalance or ban CPU %d there", e.cpu())}
	if e.before.interrupts < 0 || e.after.interrupts < 0 {
		return f.rate(Yellow, false, "")
	}
	perSecond := float64(e.after.interrupts-e.before.interrupts) / watchTime.Seconds()
	return f.rate(Yellow, perSecond <= 10, fmt.Sprintf("%.0f per second from devices", perSecond))
}

func (e exam) throttled() Finding {
	f := Finding{Name: "throttling", Meaning: "the CPU was not slowed down for heat while we watched", Cure: "mend the cooling"}
	if e.before.throttles < 0 || e.after.throttles < 0 {
		return f.rate(Yellow, false, "")
	}
	n := e.after.throttles - e.before.throttles
	return f.rate(Yellow, n == 0, fmt.Sprintf("%d times", n))
}

// slowFault is above what the kernel's own work for a page takes, zeroing
// included, and far below what one costs where it is the hypervisor's work as
// well (13 to 20 µs were measured).
const slowFault = 2 * time.Microsecond

func (e exam) pageFaults() Finding {
	f := Finding{Name: "page faults", Meaning: "memory that is new to a program costs it little; where the hypervisor keeps the page tables, that can be most of its time",
		Cure: "use a real machine, or a virtual one whose host has nested paging (EPT, NPT) and uses it"}
	if e.fault == 0 {
		return f.rate(Yellow, false, "")
	}
	return f.rate(Yellow, e.fault <= slowFault, fmt.Sprintf("%.1f µs each", float64(e.fault)/float64(time.Microsecond)))
}

func (e exam) where() Finding {
	f := Finding{Name: "measured CPU", Meaning: "the kernel does its own work on CPU 0 first", Cure: "choose another CPU to measure on"}
	return f.rate(Yellow, !slices.Contains(e.at.CPUs, 0), "CPU "+printCPUs(e.at.CPUs))
}

func (e exam) isolation() Finding {
	f := Finding{Name: "isolation", Meaning: "the scheduler puts nothing on the measured CPU by itself",
		Cure: fmt.Sprintf("boot with isolcpus=%d, or make an isolated cpuset partition", e.cpu())}
	found := "shared"
	if e.isolated() {
		found = "isolated"
	} else if _, err := e.Open(cpusDir + "/isolated"); err != nil {
		found = ""
	}
	return f.rate(Yellow, found == "isolated", found)
}

func (e exam) tickless() Finding {
	f := Finding{Name: "timer tick", Meaning: "the kernel's timer does not interrupt a lone program",
		Cure: fmt.Sprintf("boot with nohz_full=%d, on a kernel that has it", e.cpu())}
	if slices.Contains(sandbox.ParseCPUs(e.text(cpusDir+"/nohz_full")), e.cpu()) {
		return f.rate(Yellow, true, "off while one program runs")
	}
	return f.rate(Yellow, false, "on") // without the file the kernel cannot switch it off
}

func (e exam) governor() Finding {
	f := Finding{Name: "governor", Meaning: "the frequency does not follow the load", Cure: "cpupower frequency-set -g performance"}
	found := e.text(cpuDir(e.cpu()) + "/cpufreq/scaling_governor")
	return f.rate(Yellow, found == "performance", found)
}

func (e exam) boosted() Finding {
	f := Finding{Name: "boost", Meaning: "the frequency does not depend on heat and on what other cores do",
		Cure: "echo 0 > /sys/devices/system/cpu/cpufreq/boost, or echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo"}
	found := e.boost()
	if found == unknown {
		found = ""
	}
	return f.rate(Yellow, found == "off", found)
}

func (e exam) pressed(resource string, limit float64) Finding {
	f := Finding{Name: resource + " pressure", Meaning: "nobody on this machine waits for " + resource + "; what counts is the measured CPU, this is the whole machine",
		Cure: "stop other work"}
	v, ok := e.pressure(resource)
	if !ok {
		return f.rate(Yellow, false, "")
	}
	return f.rate(Yellow, v <= limit, fmt.Sprintf("%.1f %% of the last 10 s", v))
}

func (e exam) hugePages() Finding {
	f := Finding{Name: "huge pages", Meaning: "whether a program gets huge pages is its own choice, not luck with free memory",
		Cure: "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"}
	found := e.chosen("sys/kernel/mm/transparent_hugepage/enabled")
	return f.rate(Yellow, found != "always", found)
}

func (e exam) merging() Finding {
	f := Finding{Name: "page merging", Meaning: "the kernel does not compare and merge pages behind a program's back", Cure: "echo 0 > /sys/kernel/mm/ksm/run"}
	return e.off(f, "sys/kernel/mm/ksm/run", "0", "2")
}

func (e exam) swap() Finding {
	f := Finding{Name: "swap", Meaning: "no page has to come back from a disk", Cure: "free memory, then swapoff -a"}
	used := e.swapUsed()
	if used < 0 {
		return f.rate(Yellow, false, "")
	}
	return f.rate(Yellow, used == 0, fmt.Sprintf("%d MiB used", (used+1023)/1024))
}

// off is a check that a setting of the kernel's has one of the values that
// mean off.
func (e exam) off(f Finding, file string, off ...string) Finding {
	text := e.text(file)
	switch {
	case text == "":
		return f.rate(Yellow, false, "")
	case slices.Contains(off, text):
		return f.rate(Yellow, true, "off")
	}
	return f.rate(Yellow, false, "on")
}

func (e exam) balancing() Finding {
	return e.off(Finding{Name: "NUMA balancing", Meaning: "the kernel does not move pages between memories while a program runs",
		Cure: "sysctl kernel.numa_balancing=0"}, "proc/sys/kernel/numa_balancing", "0")
}

func (e exam) watchdog() Finding {
	return e.off(Finding{Name: "NMI watchdog", Meaning: "no hardware counter interrupts the measured CPU",
		Cure: "sysctl kernel.nmi_watchdog=0"}, "proc/sys/kernel/nmi_watchdog", "0")
}

func (e exam) kernelAge() Finding {
	f := Finding{Name: "kernel", Meaning: "from Linux 6.3 on, many sandboxes at once do not wait for each other in the kernel", Cure: "use Linux 6.3 or newer"}
	release := e.text("proc/sys/kernel/osrelease")
	var major, minor int
	if n, _ := fmt.Sscanf(release, "%d.%d", &major, &minor); n < 2 {
		return f.rate(Yellow, false, "")
	}
	return f.rate(Yellow, major > 6 || major == 6 && minor >= 3, release)
}

// virtual says whether this is, as far as it tells, a virtual machine.
func (e exam) virtual() bool { return e.hypervisor(e.cpuInfo(e.cpu())) != "none" }

func (e exam) virtualised() Finding {
	f := Finding{Name: "hypervisor", Meaning: "nobody else uses these caches and this memory",
		Cure: "measure on a machine of your own; if it must be a virtual one, trust judge doctor --aa more than this list"}
	found := e.hypervisor(e.cpuInfo(e.cpu()))
	if found == unknown {
		found = ""
	}
	return f.rate(Yellow, found == "none", found)
}

func (e exam) cores() Finding {
	f := Finding{Name: "kinds of cores", Meaning: "all cores are alike, so it does not matter which one measures",
		Cure: "choose cores of one kind to measure on, always the same"}
	if len(e.online()) == 0 {
		return f.rate(Yellow, false, "")
	}
	if e.hybrid() {
		return f.rate(Yellow, false, "several, measuring on "+e.coreKind(e.cpu()))
	}
	return f.rate(Yellow, true, "one")
}

// nearLimit is in thousandths of a degree.
const nearLimit = 10_000

func (e exam) heat() Finding {
	f := Finding{Name: "temperature", Meaning: "the CPU is not about to be slowed down for heat", Cure: "mend the cooling"}
	room, zone, ok := e.hottest()
	if !ok {
		return f.rate(Yellow, false, "")
	}
	return f.rate(Yellow, room > nearLimit, fmt.Sprintf("%d °C below the limit of %s", room/1000, zone))
}

func (e exam) partition() Finding {
	f := Finding{Name: "cache partition", Meaning: "neighbours cannot empty the shared cache in the middle of a run",
		Cure: "on a host of several tenants, give the measured CPUs a part of the cache (resctrl)"}
	switch {
	case strings.Contains(e.text("proc/mounts"), " resctrl "):
		return f.rate(Yellow, true, "resctrl is mounted")
	case e.virtual():
		return f.rate(Yellow, false, "none, and the host may be shared")
	}
	return f.rate(Yellow, true, "none; nobody else is on this machine")
}

func (e exam) addresses() Finding {
	f := Finding{Name: "address randomisation", Meaning: "every run samples another layout of memory; 2 is right, as a fixed layout favours somebody for ever"}
	return f.rate(Info, false, e.text(aslrFile))
}

func (e exam) counters() Finding {
	f := Finding{Name: "hardware counters", Meaning: "instructions and cycles can be recorded to explain times; they never are a score"}
	found := "none"
	for _, name := range []string{"cpu", "cpu_core", "armv8_pmuv3_0"} {
		if e.text("sys/bus/event_source/devices/"+name+"/type") != "" {
			found = "present"
		}
	}
	return f.rate(Info, false, found)
}

// longSlice is from when on a turn of a real-time thread is felt by a window of
// 10 ms, in milliseconds.
const longSlice = 10

func (e exam) slices() Finding {
	f := Finding{Name: "real-time turns", Meaning: "threads of a program that has more of them than there are CPUs take turns in short slices",
		Cure: "sysctl kernel.sched_rr_timeslice_ms=5, if problems have several threads"}
	found := e.text("proc/sys/kernel/sched_rr_timeslice_ms")
	if found == "" {
		return f.rate(Yellow, false, "")
	}
	return f.rate(Yellow, number(found) <= longSlice, found+" ms")
}

func (e exam) realtimeShare() Finding {
	f := Finding{Name: "real-time share", Meaning: "a real-time program beyond its share waits until the next second: real time grows, CPU time does not. Runs below half a second seldom see it"}
	found := e.text("proc/sys/kernel/sched_rt_runtime_us")
	switch found {
	case "":
	case "-1":
		found = "all of each second"
	default:
		found += " µs of each second"
	}
	return f.rate(Info, false, found)
}
