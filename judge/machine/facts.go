package machine

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"contest/sandbox"
)

const (
	cpusDir   = "sys/devices/system/cpu"
	aslrFile  = "proc/sys/kernel/randomize_va_space"
	clockFile = "sys/devices/system/clocksource/clocksource0/current_clocksource"
)

func cpuDir(cpu int) string { return fmt.Sprintf("%s/cpu%d", cpusDir, cpu) }

// cpuInfo is one processor of /proc/cpuinfo.
type cpuInfo struct {
	name, version, microcode string
	virtual                  bool // it says that there is a hypervisor
	speaks                   bool // it would say so: only x86 does
}

func (h host) cpuInfo(cpu int) cpuInfo {
	is := map[string]string{}
	for block := range strings.SplitSeq(h.text("proc/cpuinfo"), "\n\n") {
		one := map[string]string{}
		for line := range strings.Lines(block) {
			key, value, _ := strings.Cut(line, ":")
			one[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
		if one["processor"] == strconv.Itoa(cpu) {
			is = one
			break
		}
	}
	info := cpuInfo{name: is["model name"], microcode: is["microcode"]}
	switch {
	case is["vendor_id"] != "":
		info.version = fmt.Sprintf("%s family %s model %s stepping %s", is["vendor_id"], is["cpu family"], is["model"], is["stepping"])
		info.speaks, info.virtual = true, slices.Contains(strings.Fields(is["flags"]), "hypervisor")
	case is["CPU implementer"] != "":
		info.version = fmt.Sprintf("implementer %s part %s variant %s revision %s", is["CPU implementer"], is["CPU part"], is["CPU variant"], is["CPU revision"])
	}
	return info
}

// coreKind tells the kinds of cores of a hybrid CPU apart.
func (h host) coreKind(cpu int) string {
	for _, kind := range []string{"core", "atom", "lowpower"} { // as Intel's counters are called
		if slices.Contains(sandbox.ParseCPUs(h.text("sys/devices/cpu_"+kind+"/cpus")), cpu) {
			return kind
		}
	}
	if capacity := h.text(cpuDir(cpu) + "/cpu_capacity"); capacity != "" && h.hybrid() {
		return "capacity " + capacity
	}
	return "only one"
}

// hybrid says whether there are several kinds of cores.
func (h host) hybrid() bool {
	if h.text("sys/devices/cpu_atom/cpus") != "" {
		return true
	}
	kinds := map[string]bool{}
	for _, cpu := range h.online() {
		kinds[h.text(cpuDir(cpu)+"/cpu_capacity")] = true
	}
	return len(kinds) > 1
}

func (h host) online() []int { return sandbox.ParseCPUs(h.text(cpusDir + "/online")) }

func (h host) cpuCount() string {
	if n := len(h.online()); n > 0 {
		return strconv.Itoa(n)
	}
	return unknown
}

// cacheDir finds one cache of a CPU.
func (h host) cacheDir(cpu int, level, kind string) string {
	dirs, _ := fs.Glob(h, cpuDir(cpu)+"/cache/index*")
	for _, dir := range dirs {
		if h.text(dir+"/level") == level && h.text(dir+"/type") == kind {
			return dir
		}
	}
	return ""
}

// cache is the size of a cache and how many CPUs share it.
func (h host) cache(cpu int, level, kind string) string {
	dir := h.cacheDir(cpu, level, kind)
	size := h.text(dir + "/size")
	if dir == "" || size == "" {
		return ""
	}
	if shared := len(sandbox.ParseCPUs(h.text(dir + "/shared_cpu_list"))); shared > 1 {
		return fmt.Sprintf("%s shared by %d", size, shared)
	}
	return size
}

// hypervisor names what this machine runs on, "none" if it is real.
func (h host) hypervisor(info cpuInfo) string {
	if info.speaks && !info.virtual {
		return "none"
	}
	vendor := h.text("sys/class/dmi/id/sys_vendor")
	clocks := h.text(path.Dir(clockFile) + "/available_clocksource")
	kind := ""
	switch {
	case h.text("sys/hypervisor/type") != "":
		kind = h.text("sys/hypervisor/type")
	case strings.Contains(clocks, "kvm-clock"):
		kind = "kvm"
	case strings.Contains(clocks, "hyperv"):
		kind = "hyper-v"
	case h.text("proc/device-tree/hypervisor/compatible") != "":
		kind = strings.Trim(h.text("proc/device-tree/hypervisor/compatible"), "\x00")
	case info.virtual:
		kind = "unknown kind"
	case !slices.ContainsFunc([]string{"QEMU", "KVM", "Amazon EC2", "Google", "Microsoft", "VMware", "Xen"}, func(s string) bool { return strings.Contains(vendor, s) }):
		return unknown // such a vendor makes real machines too
	}
	return strings.TrimSpace(strings.Join([]string{kind, vendor}, " "))
}

// mitigations are what the kernel does, or fails to do, about flaws that this
// CPU has; flaws that it has not differ from kernel to kernel.
func (h host) mitigations() string {
	flaws, err := fs.ReadDir(h, cpusDir+"/vulnerabilities")
	if err != nil {
		return ""
	}
	var list []string
	for _, f := range flaws {
		if state := h.text(cpusDir + "/vulnerabilities/" + f.Name()); state != "" && state != "Not affected" {
			list = append(list, f.Name()+": "+state)
		}
	}
	if len(list) == 0 {
		return "none needed"
	}
	return strings.Join(list, "; ")
}

func (h host) boost() string {
	switch h.text(cpusDir + "/intel_pstate/no_turbo") {
	case "0":
		return "on"
	case "1":
		return "off"
	}
	return h.onOff(cpusDir + "/cpufreq/boost")
}

// frequencyLimits are in kHz.
func (h host) frequencyLimits(cpu int) string {
	low, high := h.text(cpuDir(cpu)+"/cpufreq/scaling_min_freq"), h.text(cpuDir(cpu)+"/cpufreq/scaling_max_freq")
	if low == "" || high == "" {
		return ""
	}
	return low + "-" + high + " kHz"
}

// series is the 6.1 of 6.1.42-whatever.
func series(release string) string {
	var major, minor int
	if n, _ := fmt.Sscanf(release, "%d.%d", &major, &minor); n < 2 {
		return ""
	}
	return fmt.Sprintf("%d.%d", major, minor)
}

// printCPUs is the inverse of sandbox.ParseCPUs.
func printCPUs(cpus []int) string {
	var parts []string
	for i := 0; i < len(cpus); {
		j := i
		for j+1 < len(cpus) && cpus[j+1] == cpus[j]+1 {
			j++
		}
		if part := strconv.Itoa(cpus[i]); i == j {
			parts = append(parts, part)
		} else {
			parts = append(parts, part+"-"+strconv.Itoa(cpus[j]))
		}
		i = j + 1
	}
	return strings.Join(parts, ",")
}
