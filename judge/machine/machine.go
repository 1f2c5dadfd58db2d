// Package machine knows the computer that times programs: what it is
// (Identify), where on it to measure (MeasuringCPUs, Policy), what about it
// spoils times (Check, Red), and whether it still is as fast as it was
// (Probes, Drifted). What times mean is left to measure, and running the
// contest's programs to timing.
//
// # Classes
//
// Only ratios to a reference that was timed in the same rounds travel from
// one machine to another, and only within a class, because the ratio itself
// depends on the machine: a program that waits for memory gains more from a
// larger cache than one that computes. A class is therefore made of what
// shifts ratios and stays the same as long as the machine is what it is:
//
//   - the CPU with its stepping and microcode, its kind of core where there
//     are several, and its caches with how many CPUs share them;
//   - how many CPUs there are and whether cores run two threads, for several
//     threads and for what neighbours take away;
//   - the hypervisor, where page faults cost twice as much as without;
//   - the kernel's series (6.1 of 6.1.42), what it does against flaws of the
//     CPU, and huge pages: faults and translation of addresses depend on them;
//   - the governor and the boost, which decide how fast memory is in cycles;
//   - the compiler with its flags, and the measuring protocol.
//
// The fingerprint holds more, to explain a number later, which is no part of
// the class: the kernel's patch level and command line (full of addresses
// and names), randomised addresses (no difference was measured) and the clock
// source (it reads times, it does not make them), and limits of the frequency,
// which daemons move. What changes while a machine stays of one class is the
// probes' to notice.
//
// What cannot be read is "unknown", in the class as well: in virtual
// machines that is much of this.
package machine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"contest/judge"
)

// Protocol is the number of the way in which this judge measures. It counts
// up when ratios before and after a change of it do not compare. The second
// flushes the scrub, and so programs find more room in the caches; the third
// gives no credit for room before READY, and measures how much to scrub.
const Protocol = 3

// unknown is what this machine does not tell.
const unknown = "unknown"

// Setup is what a class depends on beside the machine.
type Setup struct {
	// CPUs are those measured on, see MeasuringCPUs. The first of them stands
	// for all; none means CPU 0.
	CPUs     []int
	Compiler string // with its version
	Flags    []string
}

// field is one line of a fingerprint.
type field struct {
	name    string
	classes bool // part of the class
	value   string
}

// Identify says what this machine is.
func Identify(s Setup) judge.Machine { return thisHost().identify(s) }

func (h host) identify(s Setup) judge.Machine {
	cpu := 0
	if len(s.CPUs) > 0 {
		cpu = s.CPUs[0]
	}
	m := judge.Machine{Fingerprint: map[string]string{}}
	class := sha256.New()
	for _, f := range h.fields(cpu, s) {
		if f.value == "" {
			f.value = unknown
		}
		m.Fingerprint[f.name] = f.value
		if f.classes {
			fmt.Fprintf(class, "%s=%s\n", f.name, f.value)
		}
	}
	m.Class = hex.EncodeToString(class.Sum(nil)[:8])
	return m
}

func (h host) fields(cpu int, s Setup) []field {
	info := h.cpuInfo(cpu)
	release := h.text("proc/sys/kernel/osrelease")
	return []field{
		{"cpu", true, info.name},
		{"cpu version", true, info.version},
		{"microcode", true, info.microcode},
		{"core kind", true, h.coreKind(cpu)},
		{"cache L1d", true, h.cache(cpu, "1", "Data")},
		{"cache L2", true, h.cache(cpu, "2", "Unified")},
		{"cache L3", true, h.cache(cpu, "3", "Unified")},
		{"cpus", true, h.cpuCount()},
		{"smt", true, h.onOff("sys/devices/system/cpu/smt/active")},
		{"hypervisor", true, h.hypervisor(info)},
		{"kernel series", true, series(release)},
		{"mitigations", true, h.mitigations()},
		{"huge pages", true, h.chosen("sys/kernel/mm/transparent_hugepage/enabled")},
		{"governor", true, h.text(cpuDir(cpu) + "/cpufreq/scaling_governor")},
		{"boost", true, h.boost()},
		{"compiler", true, strings.TrimSpace(s.Compiler + " " + strings.Join(s.Flags, " "))},
		{"protocol", true, fmt.Sprint(Protocol)},
		{"kernel", false, release},
		{"command line", false, digest(h.text("proc/cmdline"))},
		{"address randomisation", false, h.text(aslrFile)},
		{"clock source", false, h.text(clockFile)},
		{"frequency limits", false, h.frequencyLimits(cpu)},
	}
}

// digest names a text that is long, or nobody's business.
func digest(text string) string {
	if text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// host is the machine as /proc and /sys tell of it.
type host struct{ fs.FS }

func thisHost() host { return host{os.DirFS("/")} }

// text is a file without the space around it, "" if it cannot be read.
func (h host) text(path string) string {
	// Not of h, which would be read byte by byte: /proc/sys answers the first
	// read only.
	b, err := fs.ReadFile(h.FS, path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// chosen is the bracketed word of a file that lists what can be chosen.
func (h host) chosen(path string) string {
	_, rest, _ := strings.Cut(h.text(path), "[")
	word, _, _ := strings.Cut(rest, "]")
	return word
}

// onOff reads a file that holds 1 or 0.
func (h host) onOff(path string) string {
	switch h.text(path) {
	case "0":
		return "off"
	case "1":
		return "on"
	}
	return unknown
}
