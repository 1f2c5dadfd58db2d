package machine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"contest/sandbox"
)

// quiet are the files of a machine that is as it should be: CPU 1 idled for
// two seconds between before and after.
var (
	quiet = metal.with(files{
		"proc/stat":                                         "cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 100 0 0 100 0 0 0 0 0 0\ncpu1 1000 0 0 1000 0 0 0 0 0 0\nintr 1",
		"proc/interrupts":                                   "           CPU0       CPU1\n 24:  1  7  IO-APIC\nLOC:  5  5  Local timer",
		"proc/meminfo":                                      "MemTotal: 9 kB\nSwapTotal: 100 kB\nSwapFree: 100 kB",
		"proc/mounts":                                       "none /proc proc rw 0 0",
		"proc/pressure/cpu":                                 "some avg10=0.00 avg60=0.00 avg300=0.00 total=1",
		"proc/pressure/memory":                              "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00",
		"proc/pressure/io":                                  "some avg10=0.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00",
		"proc/sys/kernel/numa_balancing":                    "0",
		"proc/sys/kernel/nmi_watchdog":                      "0",
		"proc/sys/kernel/sched_rt_runtime_us":               "-1",
		"proc/sys/kernel/sched_rr_timeslice_ms":             "5",
		"sys/kernel/mm/ksm/run":                             "0",
		"sys/class/thermal/thermal_zone0/type":              "x86_pkg_temp",
		"sys/class/thermal/thermal_zone0/temp":              "45000",
		"sys/class/thermal/thermal_zone0/trip_point_0_type": "passive",
		"sys/class/thermal/thermal_zone0/trip_point_0_temp": "90000",
		"sys/bus/event_source/devices/cpu/type":             "4",
		cpuDir(1) + "/thermal_throttle/core_throttle_count": "3",
	})
	later = files{"proc/stat": "cpu0 300 0 0 100 0 0 0 0 0 0\ncpu1 1000 0 0 1200 0 0 0 0 0 0"}
)

// findings are those that are not good, by name.
func (e exam) findings(list ...[]Finding) map[string]Level {
	m := map[string]Level{}
	for _, f := range slices.Concat(list...) {
		if f.Level != Good {
			m[f.Name] = f.Level
		}
	}
	return m
}

// inspect examines a machine at two moments.
func inspect(before, after files, change func(*exam)) map[string]Level {
	e := exam{host: after.host(), at: Place{CPUs: []int{1}, Policy: sandbox.FIFO}, allowed: []int{0, 1}, groups: true, frequency: 2_100_000, base: 2_100_000, fault: 250 * time.Nanosecond}
	e.before, e.after = before.host().sample(1), after.host().sample(1)
	if change != nil {
		change(&e)
	}
	return e.findings(e.quick(), e.watched(), e.settings(), e.informative())
}

func TestFindings(t *testing.T) {
	always := map[string]Level{"address randomisation": Info, "hardware counters": Info, "real-time share": Info}
	refused := errors.New("not permitted (do this)")
	for _, tc := range []struct {
		name   string
		with   files // of after, on top of quiet and later
		change func(*exam)
		want   map[string]Level
	}{
		{"as it should be", nil, nil, nil},
		{"no permission, isolated", nil, func(e *exam) { e.schedule = refused }, map[string]Level{"scheduling": Yellow}},
		{"no permission, shared", files{cpusDir + "/isolated": ""}, func(e *exam) { e.schedule = refused }, map[string]Level{"scheduling": Red, "isolation": Yellow}},
		{"partition of control groups", files{cpusDir + "/isolated": "", "sys/fs/cgroup/cpuset.cpus.isolated": "1"}, nil, nil},
		{"no task clock", nil, func(e *exam) { e.taskClock = refused }, map[string]Level{"CPU clock": Yellow}},
		{"no accounting", nil, func(e *exam) { e.taskClock, e.groups = refused, false }, map[string]Level{"CPU clock": Red}},
		{"long turns", files{"proc/sys/kernel/sched_rr_timeslice_ms": "100"}, nil, map[string]Level{"real-time turns": Yellow}},
		{"slow clock", files{clockFile: "hpet"}, nil, map[string]Level{"clock source": Red}},
		{"one CPU", nil, func(e *exam) { e.allowed = []int{1} }, map[string]Level{"CPUs": Red}},
		{"stolen", files{"proc/stat": "cpu1 1000 0 0 1195 0 0 0 5 0 0"}, nil, map[string]Level{"steal": Red}},
		{"loaded", files{"proc/stat": "cpu1 1020 0 0 1180 0 0 0 0 0 0"}, nil, map[string]Level{"other load": Red}},
		{"loaded by interrupts", files{"proc/stat": "cpu1 1000 0 0 1180 0 10 10 0 0 0"}, nil, map[string]Level{"other load": Red}},
		{"waiting is not load", files{"proc/stat": "cpu1 1000 0 0 1180 20 0 0 0 0 0"}, nil, nil},
		{"no figures", files{"proc/stat": ""}, nil, map[string]Level{"steal": Unknown, "other load": Unknown}},
		{"slow page faults", nil, func(e *exam) { e.fault = 15 * time.Microsecond }, map[string]Level{"page faults": Yellow}},
		{"slowed down", nil, func(e *exam) { e.frequency = 1_900_000 }, map[string]Level{"frequency at work": Red}},
		{"busy sibling", files{cpusDir + "/smt/active": "1", cpuDir(1) + "/topology/thread_siblings_list": "0-1"}, nil, map[string]Level{"sibling thread": Yellow}},
		{"interrupted", files{"proc/interrupts": " CPU0 CPU1\n 24: 1 107 IO-APIC\nLOC: 5 9999"}, nil, map[string]Level{"interrupts": Yellow}},
		{"only the timer", files{"proc/interrupts": " CPU0 CPU1\n 24: 1 7 IO-APIC\nLOC: 5 9999"}, nil, nil},
		{"throttled", files{cpuDir(1) + "/thermal_throttle/core_throttle_count": "4"}, nil, map[string]Level{"throttling": Yellow}},
		{"CPU 0", nil, func(e *exam) { e.at.CPUs = []int{1, 0} }, map[string]Level{"measured CPU": Yellow}},
		{"shared", files{cpusDir + "/isolated": ""}, nil, map[string]Level{"isolation": Yellow}},
		{"ticking", files{cpusDir + "/nohz_full": ""}, nil, map[string]Level{"timer tick": Yellow}},
		{"governor", files{cpuDir(1) + "/cpufreq/scaling_governor": "powersave"}, nil, map[string]Level{"governor": Yellow}},
		{"boost", files{cpusDir + "/intel_pstate/no_turbo": "0"}, nil, map[string]Level{"boost": Yellow}},
		{"waiting for a CPU", files{"proc/pressure/cpu": "some avg10=5.10 avg60=0.00"}, nil, map[string]Level{"cpu pressure": Yellow}},
		{"waiting for memory", files{"proc/pressure/memory": "some avg10=0.10 avg60=0.00"}, nil, map[string]Level{"memory pressure": Yellow}},
		{"waiting for a disk", files{"proc/pressure/io": "some avg10=0.10 avg60=0.00"}, nil, map[string]Level{"io pressure": Yellow}},
		{"huge pages", files{"sys/kernel/mm/transparent_hugepage/enabled": "[always] madvise never"}, nil, map[string]Level{"huge pages": Yellow}},
		{"merging", files{"sys/kernel/mm/ksm/run": "1"}, nil, map[string]Level{"page merging": Yellow}},
		{"swap", files{"proc/meminfo": "SwapTotal: 100 kB\nSwapFree: 99 kB"}, nil, map[string]Level{"swap": Yellow}},
		{"balancing", files{"proc/sys/kernel/numa_balancing": "1"}, nil, map[string]Level{"NUMA balancing": Yellow}},
		{"watchdog", files{"proc/sys/kernel/nmi_watchdog": "1"}, nil, map[string]Level{"NMI watchdog": Yellow}},
		{"old kernel", files{"proc/sys/kernel/osrelease": "6.1.0-44"}, nil, map[string]Level{"kernel": Yellow}},
		{"hybrid", files{"sys/devices/cpu_atom/cpus": "1"}, nil, map[string]Level{"kinds of cores": Yellow}},
		{"hot", files{"sys/class/thermal/thermal_zone0/temp": "85000"}, nil, map[string]Level{"temperature": Yellow}},
		{"virtual", files{"proc/cpuinfo": virtual["proc/cpuinfo"] + "\n\nprocessor: 1\nvendor_id: AuthenticAMD\nflags: hypervisor", cpusDir + "/smt/control": "notsupported"}, nil,
			map[string]Level{"hypervisor": Yellow, "cache partition": Yellow, "sibling thread": Unknown}},
		{"virtual with a part of the cache", files{"proc/cpuinfo": "processor: 1\nvendor_id: AuthenticAMD\nflags: hypervisor", "proc/mounts": "resctrl /sys/fs/resctrl resctrl rw 0 0"}, nil, map[string]Level{"hypervisor": Yellow}},
	} {
		want := maps.Clone(always)
		maps.Copy(want, tc.want)
		if got := inspect(quiet, quiet.with(later).with(tc.with), tc.change); !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", tc.name, got, want)
		}
	}
}

// Where nothing can be read nothing is good, but what is known by trying.
func TestNothingKnown(t *testing.T) {
	got := inspect(files{}, files{}, func(e *exam) { e.frequency, e.base, e.fault = 0, 0, 0 })
	for name, level := range got {
		if level != Unknown && !slices.Contains([]string{"timer tick", "cache partition", "hardware counters"}, name) {
			t.Errorf("%s is %s on a machine that tells nothing", name, level)
		}
	}
	if len(got) < 20 {
		t.Errorf("only %d findings are not good: %v", len(got), got)
	}
}

func TestCheckHere(t *testing.T) {
	list, err := Check(t.Context(), here(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		t.Logf("%-8s %-22s %s", f.Level, f.Name, f.Found)
		bad := f.Level == Yellow || f.Level == Red
		if f.Found == "" || f.Meaning == "" || bad != (f.Cure != "") {
			t.Errorf("%s finding is not complete: %+v", f.Level, f)
		}
	}
	for _, f := range RedFindings(here(t)) {
		if f.Level != Red {
			t.Errorf("%s is %s", f.Name, f.Level)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if _, err := Check(ctx, here(t)); err == nil || err.Error() != "enough" {
		t.Errorf("interrupted: %v", err)
	}
}
