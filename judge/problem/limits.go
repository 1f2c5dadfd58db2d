package problem

import (
	"fmt"
	"math"
	"time"

	"go.yaml.in/yaml/v3"

	"contest/judge/yamlfile"
)

// The largest limits that can be asked for. They only catch wrong units, such
// as bytes where MiB are meant.
const (
	maxSeconds   = 3600
	maxMemoryMiB = 1 << 20
	maxOutputMiB = 1 << 10
	maxCodeKiB   = 16 << 10
)

func (s *settings) limitKeys(d *document) handlers {
	if s.legacy {
		return s.legacyLimits(d)
	}
	return s.currentLimits(d)
}

func (s *settings) commonLimits(d *document) handlers {
	l := &s.limits
	return handlers{
		"memory":             func(n *yaml.Node) { s.memorySaid = true; s.machineSize(d, &l.MemoryBytes)(n) },
		"output":             d.size(&l.OutputBytes, mib, maxOutputMiB),
		"code":               d.size(&l.CodeBytes, kib, maxCodeKiB),
		"compilation_time":   d.seconds(&l.CompileTime),
		"compilation_memory": s.machineSize(d, &l.CompileMemoryBytes),
		"validation_time":    d.seconds(&l.ValidationTime),
		"validation_memory":  s.ofOutputValidator(s.machineSize(d, &l.ValidationMemoryBytes)),
		"validation_output":  s.ofOutputValidator(d.size(&l.ValidationOutputBytes, mib, maxOutputMiB)),
	}
}

func (s *settings) legacyLimits(d *document) handlers {
	keys := s.commonLimits(d)
	keys["time_multiplier"] = d.derivedLimits(d.factor)
	keys["time_safety_margin"] = d.derivedLimits(d.factor)
	keys["time_limit"] = func(n *yaml.Node) {
		d.FailAt(n, "write time_limit: "+yamlfile.Printable(n.Value)+" into judge.yaml beside it", "the legacy format has no key %q", "time_limit")
	}
	return keys
}

func (s *settings) currentLimits(d *document) handlers {
	keys := s.commonLimits(d)
	keys["time_limit"] = func(n *yaml.Node) { s.timeLimit = n; d.seconds(&s.limits.Time)(n) }
	keys["time_resolution"] = d.seconds(&s.resolution)
	keys["time_multipliers"] = d.derivedLimits(func(n *yaml.Node) {
		d.Mapping(n, handlers{"ac_to_time_limit": d.factor, "time_limit_to_tle": d.factor})
	})
	keys["validation_passes"] = d.noEffect("only multi-pass problems have several passes")
	return keys
}

// checkResolution refuses a time limit that is not a whole multiple of the
// resolution, as format 2025-09 does.
func (s *settings) checkResolution(d *document) {
	limit := s.limits.Time
	if limit == 0 || limit%s.resolution == 0 {
		return
	}
	fits := time.Second // the greatest common divisor of both
	for rest := limit; rest > 0; {
		fits, rest = rest, fits%rest
	}
	d.FailAt(s.timeLimit, fmt.Sprintf(`add "time_resolution: %v" to the limits, or round the time limit`, fits.Seconds()),
		"the time limit %v is not a multiple of the time resolution, %v", limit, s.resolution)
}

// seconds reads a time in seconds.
func (d *document) seconds(into *time.Duration) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if v, ok := d.Number(n, 0, maxSeconds, " seconds"); ok {
			*into = fromSeconds(v)
		}
	}
}

// fromSeconds keeps whole microseconds, so that 0.3 is 300ms and nothing near it.
func fromSeconds(v float64) time.Duration {
	return max(time.Duration(math.Round(v*1e6)), 1) * time.Microsecond
}

// size reads a size in units of unit bytes.
func (d *document) size(into *int64, unit, most int64) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if v, ok := d.Integer(n, 1, most, map[int64]string{kib: " KiB", mib: " MiB"}[unit]); ok {
			*into = v * unit
		}
	}
}

// machineSize reads a size in MiB of which the machine must have as much: nobody
// could use what the limit promises.
func (s *settings) machineSize(d *document, into *int64) func(*yaml.Node) {
	return func(n *yaml.Node) {
		before := len(d.Errors)
		d.size(into, mib, maxMemoryMiB)(n)
		if has := s.machineBytes; has > 0 && *into > has && len(d.Errors) == before {
			d.FailAt(n, "lower the limit, or judge on a machine with more memory", "%d MiB is more than the %d MiB that this machine has", *into/mib, has/mib)
		}
	}
}

func (d *document) factor(n *yaml.Node) { d.Number(n, 0, 1000, "") }

// ofOutputValidator reads a limit on a program as output validator.
func (s *settings) ofOutputValidator(read func(*yaml.Node)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		read(n)
		s.ofValidator = append(s.ofValidator, n)
	}
}

// derivedLimits reads what other judges derive the time limit from.
func (d *document) derivedLimits(read func(*yaml.Node)) func(*yaml.Node) {
	return func(n *yaml.Node) {
		read(n)
		d.WarnAt(n, "", "this has no effect: the time limit is the one that is written down")
	}
}
