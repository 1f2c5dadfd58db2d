// Package worker does judgings: one assignment in, one outcome out. An assignment
// holds all that the store knows of a judging, and an outcome all that it is to keep,
// so a worker reads and writes no database of its own accord. It has the problems, the
// compilers and the CPUs; who hands out assignments and keeps outcomes, on this machine
// or on another, is left to others.
package worker

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"contest/judge"
	"contest/judge/measure"
	"contest/judge/pipeline"
	"contest/judge/timing"
)

// Problems are the problems of the contest as they are now.
type Problems interface {
	// ForJudging is the newest version of a problem that can be judged by. An error
	// says why there is none yet.
	ForJudging(id judge.ProblemID) (judge.Problem, error)
	Contest() judge.Contest
}

// Pipeline builds, runs, checks and measures.
type Pipeline interface {
	Judge(ctx context.Context, t pipeline.Task) (judge.Outcome, error)
}

// Timer knows this machine.
type Timer interface {
	// Doubts are what the times of a problem are open to here.
	Doubts(ctx context.Context, p judge.Problem, m judge.Measure) ([]timing.Doubt, error)
}

// Aside is the machine's time between judgings.
type Aside interface {
	// Begin ends what is done aside until end is called.
	Begin() (end func())
}

// Worker works assignments. It is safe for concurrent use.
type Worker struct {
	Problems Problems
	Pipeline Pipeline
	Timer    Timer
	Aside    Aside
	Logger   *slog.Logger

	doubted sync.Map // versions of problems whose doubts were told
}

// retryMissing is how long a judging waits whose problem cannot be judged by. Mending
// the package begins it at once.
const retryMissing = time.Minute

// Work does one judging and reports each step. Its error means that we failed, a
// *judge.Later that the judging cannot be done yet.
func (w *Worker) Work(ctx context.Context, a judge.Assignment, report func(judge.Progress)) (judge.Outcome, error) {
	began := time.Now()
	p, err := w.Problems.ForJudging(a.Submission.Problem)
	if err != nil {
		return judge.Outcome{}, &judge.Later{After: retryMissing, Reason: err.Error()}
	}
	defer w.Aside.Begin()()
	settings := w.Problems.Contest().Measure
	out, err := w.Pipeline.Judge(ctx, pipeline.Task{
		Problem: p, Language: a.Submission.Language, Files: a.Submission.Files, Measure: &settings,
		Again: a.Purpose == judge.ToRemeasure, Report: report,
	})
	if err != nil {
		return judge.Outcome{}, err
	}
	w.Logger.Info("judged", "submission", a.Submission.ID, "judging", a.Judging, "problem", p.ID, "contestant", a.Submission.Contestant,
		"verdict", out.Judging.Verdict, "first_failed", out.Judging.FirstFailed, "passed", out.Judging.Passed, "total", out.Judging.Total,
		"purpose", a.Purpose, "took", time.Since(began).Round(time.Millisecond).String())
	if len(out.Sessions) == 0 { // whoever measured it looked after the rest
		return out, nil
	}
	w.TellDoubts(ctx, p)
	if out.Judging.Values.Measuring().Again {
		out.Again, out.AgainAfter = true, measure.SessionGap
	}
	return out, nil
}

// TellDoubts warns once of what the times of a version of a problem are open to on
// this machine, as soon as that is known.
func (w *Worker) TellDoubts(ctx context.Context, p judge.Problem) {
	doubts, err := w.Timer.Doubts(ctx, p, w.Problems.Contest().Measure)
	if err != nil {
		w.Logger.Warn("look what times are open to", "problem", p.ID, "error", err)
		return
	}
	if len(doubts) == 0 {
		return
	}
	if _, told := w.doubted.LoadOrStore(p.Version, true); told {
		return
	}
	for _, doubt := range doubts {
		w.Logger.Warn("times are in doubt", "problem", p.ID, "why", doubt.String())
	}
}
