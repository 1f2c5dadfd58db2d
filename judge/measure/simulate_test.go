package measure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"contest/judge"
)

var cpu = Metric{Board: judge.CPUBoard}

// machine makes noise as docs/figures.md found it: regimes that
// slow consecutive runs alike, a small lognormal noise of each run, and heavy
// outliers that only ever add. Scores of 30 tests repeat to 1.0, 0.26 and
// 0.17 % with 5, 10 and 20 rounds; with bursts on memory 0.99, 0.37 and 0.17 %
// were measured.
type machine struct {
	rng      *rand.Rand
	regime   float64
	drift    float64 // of the regime, from run to run
	jitter   float64 // of one run
	outliers float64 // share of runs
}

func newMachine(seed uint64) *machine {
	return &machine{rng: rand.New(rand.NewPCG(seed, 42)), drift: 0.012, jitter: 0.014, outliers: 0.12}
}

// run is the time of one run of so much work.
func (m *machine) run(work time.Duration) Sample {
	m.regime = 0.99*m.regime + m.drift*m.rng.NormFloat64()
	slow := math.Abs(m.regime) + m.jitter*m.rng.NormFloat64()
	if m.rng.Float64() < m.outliers {
		slow += 0.7 * math.Abs(m.rng.NormFloat64())
	}
	t := time.Duration(float64(work) * math.Exp(slow))
	return Sample{Real: t + 20*time.Microsecond, CPU: t}
}

// someTests are tests of 6 to 18 ms.
func someTests(n int) []Test {
	tests := make([]Test, n)
	for i := range tests {
		tests[i] = Test{Name: fmt.Sprintf("secret/%03d", i), Reference: time.Duration(6+12*i/max(n-1, 1)) * time.Millisecond, Floor: 0.001}
	}
	return tests
}

// program says how much work a program does on a test, relative to the
// reference.
type program func(test int) float64

func constant(ratio float64) program { return func(int) float64 { return ratio } }

// session runs rounds of the reference and programs, interleaved in the
// protocol's random order, and returns the session of each program.
func (m *machine) session(id string, tests []Test, rounds int, programs ...program) []Session {
	out := make([]Session, len(programs))
	for i := range out {
		out[i] = Session{ID: id, Class: "vm"}
	}
	for round := 1; round <= rounds; round++ {
		for _, step := range Order("simulation", id, round, Each(len(tests)), len(programs)+1) {
			times := make([]Sample, len(programs)+1)
			for _, p := range step.Programs {
				work := 1.0
				if p > 0 {
					work = programs[p-1](step.Test)
				}
				times[p] = m.run(time.Duration(work * float64(tests[step.Test].Reference)))
			}
			for i := range programs {
				out[i].Pairs = append(out[i].Pairs, Pair{
					Session: id, Round: round, Test: tests[step.Test].Name, Reference: times[0], Candidate: times[i+1],
					CandidateFirst: step.Programs[0] != 0,
				})
			}
		}
	}
	return out
}

// pairsOf is one program's pairs of one session.
func (m *machine) pairsOf(tests []Test, rounds int, p program) []Pair {
	return m.session("s", tests, rounds, p)[0].Pairs
}

// pair is a pair of one test by its CPU times in milliseconds.
func pair(test string, round int, reference, candidate float64) Pair {
	ms := func(x float64) Sample {
		t := time.Duration(math.Round(x * 1e6))
		return Sample{Real: t, CPU: t}
	}
	return Pair{Session: "s", Round: round, Test: test, Reference: ms(reference), Candidate: ms(candidate)}
}
