package timing

import (
	"context"

	"contest/judge/measure"
)

// Rounds plays the rounds of a final up to its last, however clear the outcome,
// and judges nothing: for TestAccuracy. It returns what the times are scored with.
func (t *Timer) Rounds(ctx context.Context, task FinalTask) (measure.Baseline, error) {
	f, err := t.beginFinal(ctx, task)
	if err != nil {
		return measure.Baseline{}, err
	}
	defer f.close()
	defer t.Quiet()()
	for f.rounds < task.Final.MaxRounds {
		if err := f.playRound(ctx); err != nil {
			return measure.Baseline{}, err
		}
	}
	return f.baseline, nil
}
