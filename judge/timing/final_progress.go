package timing

import (
	"fmt"
	"time"

	"contest/judge"
)

// FinalLook is how far a final has come.
type FinalLook struct {
	// Doing says in words what is done before the next round can begin; empty while
	// one is played.
	Doing  string
	Rounds int // complete
	Next   int // rounds at the next look
	Last   int // rounds at the end, at the most
	// Step is how many of the Steps of the round that is played are done; where a run
	// was disturbed, that step comes once more, beyond Steps.
	Step, Steps int
	// Undecided counts the pairs that share a rank and were neither separated nor
	// tied at the last look; -1 before the first.
	Undecided int
	Out       int // finalists that are out
	// ToNext and ToLast are how long it probably takes to the next look and to the
	// last round; zero while that is not known.
	ToNext, ToLast time.Duration
}

// pace is how long the rounds of a final take.
type pace struct {
	expected time.Duration // a round, before any was played; zero: not known
	rounds   float64       // that were timed, with the part of the last
	took     time.Duration
}

// round is how long one takes.
func (p pace) round() time.Duration {
	if p.rounds == 0 {
		return p.expected
	}
	return time.Duration(float64(p.took) / p.rounds)
}

// stored takes in the rounds that were played before an interruption.
func (p *pace) stored(rounds []judge.FinalRound) {
	for _, r := range rounds {
		p.rounds, p.took = p.rounds+1, p.took+r.Finished.Sub(r.Started)
	}
}

// doing reports what is done before the next round.
func (f *final) doing(format string, args ...any) {
	f.Report(FinalLook{Doing: fmt.Sprintf(format, args...), Rounds: f.rounds, Next: f.nextLook(), Last: f.Final.MaxRounds, Undecided: f.undecided, Out: len(f.out)})
}

// tell reports how far the round is that is played.
func (f *final) tell(step, steps int, since time.Time) {
	l := FinalLook{Rounds: f.rounds, Next: f.nextLook(), Last: f.Final.MaxRounds, Step: step, Steps: steps, Undecided: f.undecided, Out: len(f.out)}
	part, now := min(1, float64(step)/float64(max(steps, 1))), f.pace
	if step > 0 {
		now.rounds, now.took = now.rounds+part, now.took+time.Since(since)
	}
	left := func(rounds int) time.Duration {
		return time.Duration((float64(rounds-f.rounds) - part) * float64(now.round()))
	}
	l.ToNext, l.ToLast = left(l.Next), left(l.Last)
	f.Report(l)
}

// nextLook is the number of rounds at the next look.
func (f *final) nextLook() int {
	for _, l := range f.rule.Looks {
		if l > f.rounds {
			return l
		}
	}
	return f.rule.Looks[len(f.rule.Looks)-1]
}

// expectedRound is how long a round takes by what is known before any: the reference
// and each finalist once on every test.
func (f *final) expectedRound() time.Duration {
	programs := 1.0
	for _, key := range f.keys {
		ratio := 1.0
		for _, one := range f.Final.Finalists {
			if one.Program() == key && one.Ratio > 0 {
				ratio = one.Ratio
			}
		}
		programs += ratio
	}
	var sum time.Duration
	for _, t := range f.tests {
		frozen, _ := f.baseline.Find(t.Name)
		sum += frozen.Reference.Real
	}
	return time.Duration(programs * float64(sum))
}
