package sandbox

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// onlineFile lists the CPUs that run, as in "0-3,8".
const onlineFile = "/sys/devices/system/cpu/online"

// checkCPUs refuses CPUs that do not exist. Which of them this process may
// give to programs is for the kernel to say.
func checkCPUs(cpus []int) error {
	if len(cpus) == 0 {
		return nil
	}
	text, unknown := os.ReadFile(onlineFile) // without /sys only the kernel knows
	list := strings.TrimSpace(string(text))
	online := ParseCPUs(list)
	for i, cpu := range cpus {
		switch {
		case slices.Contains(cpus[:i], cpu):
			return fmt.Errorf("CPU %d is given twice", cpu)
		case cpu < 0 || cpu >= len(unix.CPUSet{})*strconv.IntSize:
			return fmt.Errorf("CPU %d: numbers are 0 to %d", cpu, len(unix.CPUSet{})*strconv.IntSize-1)
		case unknown == nil && !slices.Contains(online, cpu):
			return fmt.Errorf("CPU %d does not exist or is offline; those of this machine are %s", cpu, list)
		}
	}
	return nil
}

// ParseCPUs reads the kernel's notation for a set of CPUs, as in "0-3,8". What
// is no number in it is passed over.
func ParseCPUs(list string) []int {
	var cpus []int
	for part := range strings.SplitSeq(strings.TrimSpace(list), ",") {
		first, last, ranged := strings.Cut(part, "-")
		from, err := strconv.Atoi(first)
		to := from
		if ranged && err == nil {
			to, err = strconv.Atoi(last)
		}
		if err != nil {
			continue
		}
		for cpu := from; cpu <= to; cpu++ {
			cpus = append(cpus, cpu)
		}
	}
	return cpus
}
