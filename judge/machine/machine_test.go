package machine

import (
	"maps"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"contest/sandbox"
)

// files are a machine for host, by name and content.
type files map[string]string

func (f files) host() host {
	m := fstest.MapFS{}
	for name, text := range f {
		m[name] = &fstest.MapFile{Data: []byte(text + "\n")}
	}
	return host{m}
}

// with is a copy that differs in some files.
func (f files) with(other files) files {
	c := maps.Clone(f)
	maps.Copy(c, other)
	return c
}

var (
	metal = files{
		"proc/cpuinfo":                                    "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nmodel name\t: Intel(R) Xeon(R) Gold 6252\nstepping\t: 7\nmicrocode\t: 0x5003605\nflags\t\t: fpu vme tsc\n\nprocessor\t: 1\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nmodel name\t: Intel(R) Xeon(R) Gold 6252\nstepping\t: 7\nmicrocode\t: 0x5003605\nflags\t\t: fpu vme tsc",
		"proc/sys/kernel/osrelease":                       "6.8.0-45-generic",
		"proc/cmdline":                                    "BOOT_IMAGE=/vmlinuz root=UUID=1 isolcpus=1",
		aslrFile:                                          "2",
		clockFile:                                         "tsc",
		"sys/devices/system/cpu/online":                   "0-1",
		"sys/devices/system/cpu/isolated":                 "1",
		"sys/devices/system/cpu/nohz_full":                "1",
		"sys/devices/system/cpu/smt/active":               "0",
		"sys/devices/system/cpu/smt/control":              "off",
		"sys/class/dmi/id/sys_vendor":                     "Dell Inc.",
		"sys/kernel/mm/transparent_hugepage/enabled":      "always [madvise] never",
		"sys/devices/system/cpu/vulnerabilities/meltdown": "Not affected",
		"sys/devices/system/cpu/vulnerabilities/gather_data_sampling": "Mitigation: Microcode",
		"sys/devices/system/cpu/intel_pstate/no_turbo":                "1",
		"sys/devices/system/cpu/cpu1/cpufreq/scaling_governor":        "performance",
		"sys/devices/system/cpu/cpu1/cpufreq/scaling_min_freq":        "2100000",
		"sys/devices/system/cpu/cpu1/cpufreq/scaling_max_freq":        "2100000",
		"sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq":        "2100000",
		"sys/devices/system/cpu/cpu1/cpufreq/base_frequency":          "2100000",
		"sys/devices/system/cpu/cpu1/cache/index0/level":              "1",
		"sys/devices/system/cpu/cpu1/cache/index0/type":               "Data",
		"sys/devices/system/cpu/cpu1/cache/index0/size":               "32K",
		"sys/devices/system/cpu/cpu1/cache/index0/shared_cpu_list":    "1",
		"sys/devices/system/cpu/cpu1/cache/index1/level":              "1",
		"sys/devices/system/cpu/cpu1/cache/index1/type":               "Instruction",
		"sys/devices/system/cpu/cpu1/cache/index1/size":               "64K",
		"sys/devices/system/cpu/cpu1/cache/index3/level":              "3",
		"sys/devices/system/cpu/cpu1/cache/index3/type":               "Unified",
		"sys/devices/system/cpu/cpu1/cache/index3/size":               "36608K",
		"sys/devices/system/cpu/cpu1/cache/index3/shared_cpu_list":    "0-1",
	}
	virtual = files{
		"proc/cpuinfo":                  "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\nstepping\t: 1\nmicrocode\t: 0x1000065\nflags\t\t: fpu hypervisor",
		"proc/sys/kernel/osrelease":     "6.18.44-fc-v669",
		"sys/devices/system/cpu/online": "0",
		clockFile:                       "tsc",
		"sys/devices/system/clocksource/clocksource0/available_clocksource": "tsc kvm-clock",
	}
	arm = files{
		"proc/cpuinfo":                  "processor\t: 0\nBogoMIPS\t: 243.75\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1",
		"sys/devices/system/cpu/online": "0-63",
		clockFile:                       "arch_sys_counter",
		"sys/class/dmi/id/sys_vendor":   "Amazon EC2",
	}
	setup = Setup{CPUs: []int{1}, Compiler: "g++ 12.2.0", Flags: []string{"-O2"}}
)

func TestFingerprint(t *testing.T) {
	for _, tc := range []struct {
		name  string
		on    files
		setup Setup
		want  map[string]string
	}{
		{"metal", metal, setup, map[string]string{
			"cpu": "Intel(R) Xeon(R) Gold 6252", "cpu version": "GenuineIntel family 6 model 85 stepping 7", "microcode": "0x5003605",
			"core kind": "only one", "cache L1d": "32K", "cache L2": unknown, "cache L3": "36608K shared by 2", "cpus": "2", "smt": "off",
			"hypervisor": "none", "kernel": "6.8.0-45-generic", "kernel series": "6.8", "mitigations": "gather_data_sampling: Mitigation: Microcode",
			"huge pages": "madvise", "governor": "performance", "boost": "off", "frequency limits": "2100000-2100000 kHz",
			"compiler": "g++ 12.2.0 -O2", "address randomisation": "2", "clock source": "tsc",
		}},
		{"virtual", virtual, Setup{}, map[string]string{
			"cpu": "AMD EPYC", "hypervisor": "kvm", "smt": unknown, "governor": unknown, "boost": unknown, "mitigations": unknown, "cpus": "1", "command line": unknown,
		}},
		{"arm", arm, Setup{}, map[string]string{
			"cpu": unknown, "cpu version": "implementer 0x41 part 0xd0c variant 0x3 revision 1", "hypervisor": "Amazon EC2", "cpus": "64",
		}},
		{"nothing", files{}, Setup{}, map[string]string{"cpu": unknown, "hypervisor": unknown, "cpus": unknown, "kernel series": unknown, "compiler": unknown}},
	} {
		got := tc.on.host().identify(tc.setup)
		for name, want := range tc.want {
			if got.Fingerprint[name] != want {
				t.Errorf("%s: %s is %q, want %q", tc.name, name, got.Fingerprint[name], want)
			}
		}
	}
}

func TestClass(t *testing.T) {
	want := metal.host().identify(setup).Class
	hybrid := files{"sys/devices/cpu_atom/cpus": "1"}
	for _, tc := range []struct {
		name  string
		with  files
		setup Setup
		same  bool
	}{
		{"as it was", nil, setup, true},
		{"rebooted with other options", files{"proc/cmdline": "quiet"}, setup, true},
		{"patched kernel", files{"proc/sys/kernel/osrelease": "6.8.0-99-generic"}, setup, true},
		{"a flaw that this CPU has not", files{"sys/devices/system/cpu/vulnerabilities/new": "Not affected"}, setup, true},
		{"a frequency limit moved", files{"sys/devices/system/cpu/cpu1/cpufreq/scaling_max_freq": "2000000"}, setup, true},
		{"other kernel", files{"proc/sys/kernel/osrelease": "6.9.1"}, setup, false},
		{"larger cache", files{"sys/devices/system/cpu/cpu1/cache/index3/size": "40000K"}, setup, false},
		{"less mitigation", files{"sys/devices/system/cpu/vulnerabilities/gather_data_sampling": "Vulnerable"}, setup, false},
		{"huge pages", files{"sys/kernel/mm/transparent_hugepage/enabled": "[always] madvise never"}, setup, false},
		{"boost", files{"sys/devices/system/cpu/intel_pstate/no_turbo": "0"}, setup, false},
		{"small core", hybrid, setup, false},
		{"flags", nil, Setup{CPUs: setup.CPUs, Compiler: setup.Compiler, Flags: []string{"-O3"}}, false},
		{"compiler", nil, Setup{CPUs: setup.CPUs, Compiler: "g++ 13", Flags: setup.Flags}, false},
	} {
		if got := metal.with(tc.with).host().identify(tc.setup).Class; (got == want) != tc.same {
			t.Errorf("%s: class %s, was %s, want the same: %v", tc.name, got, want, tc.same)
		}
	}
	if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(want) {
		t.Errorf("class %q is not 16 hexadecimal digits", want)
	}
}

func TestIdentifyHere(t *testing.T) {
	m := Identify(setup)
	if m.Class != Identify(setup).Class {
		t.Error("the same machine has two classes")
	}
	for _, name := range []string{"kernel", "cpus"} {
		if m.Fingerprint[name] == unknown {
			t.Errorf("%s is unknown", name)
		}
	}
}

func TestMeasuringCPUs(t *testing.T) {
	for _, tc := range []struct {
		allowed string
		threads int
		chosen  []int
		want    string
		err     string
	}{
		{"0-3", 1, nil, "3", ""},
		{"0-3", 2, nil, "2-3", ""},
		{"0-3", 8, nil, "1-3", ""},
		{"0-3", 0, nil, "3", ""},
		{"0", 1, nil, "0", ""},
		{"0", 4, nil, "0", ""},
		{"0,6", 4, nil, "6", ""},
		{"0-3", 1, []int{2, 1}, "2", ""},
		{"0-3", 2, []int{2, 1}, "1-2", ""},
		{"0-3", 4, []int{3, 2, 1, 0}, "1-3", ""},
		{"0-3", 1, []int{7}, "", "CPU 7 was chosen to measure on, but this process may only use 0-3"},
		{"0,2-3", 1, []int{1}, "", "CPU 1 was chosen to measure on, but this process may only use 0,2-3"},
		{"0-3", 1, []int{1, 1}, "", "CPU 1 is chosen twice to measure on"},
		{"", 1, nil, "", "which CPUs this process may use cannot be read from /proc/self/task"},
	} {
		got, err := measuringCPUs(sandbox.ParseCPUs(tc.allowed), tc.threads, tc.chosen)
		said := ""
		if err != nil {
			said = err.Error()
		}
		if printCPUs(got) != tc.want || said != tc.err {
			t.Errorf("%d threads on %s, chosen %v: %s, %q; want %s, %q", tc.threads, tc.allowed, tc.chosen, printCPUs(got), said, tc.want, tc.err)
		}
	}
}

// A thread of the judge that is bound to some CPUs does not hide the others.
func TestAllowed(t *testing.T) {
	h := files{
		"proc/self/task/1/status": "Name:\tjudge\nCpus_allowed_list:\t3\nMems_allowed_list:\t0",
		"proc/self/task/2/status": "Name:\tjudge\nCpus_allowed_list:\t0-3\nMems_allowed_list:\t0",
	}.host()
	if got := printCPUs(h.allowed()); got != "0-3" {
		t.Errorf("allowed CPUs %s, want 0-3", got)
	}
	if got := len(thisHost().allowed()); got != runtime.NumCPU() {
		t.Errorf("%d CPUs allowed here, want %d", got, runtime.NumCPU())
	}
}

func TestPolicy(t *testing.T) {
	for threads, want := range map[int]sandbox.Policy{1: sandbox.FIFO, 4: sandbox.RoundRobin} {
		p, why := Policy(threads)
		if err := sandbox.CanSchedule(want); err != nil {
			want = sandbox.Normal
		}
		if p != want || (p == sandbox.Normal) != (why != "") {
			t.Errorf("%d threads: %q because %q, want %q", threads, p, why, want)
		}
	}
}

// Files of /proc/sys have no size and answer only one read.
func TestTextIsWhole(t *testing.T) {
	const file = "/proc/sys/kernel/pid_max"
	want, err := os.ReadFile(file)
	if err != nil {
		t.Skip(err)
	}
	if got := thisHost().text(file[1:]); got != strings.TrimSpace(string(want)) {
		t.Errorf("%s is read as %q, want %q", file, got, want)
	}
}
