package leaderboard

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"contest/judge"
)

type submissionData struct {
	frame
	ID          judge.SubmissionID
	Name        string
	Contestant  string // links
	Problem     string
	ProblemName string
	Boards      []way
	Language    string
	Bytes       int64
	Hash        string
	Receipt     moment
	Ticket      moment // shown where it is why a receipt after the cutoff counts
	Late        string
	Verdict     chip
	Pending     bool
	Waiting     string // what it waits for, while pending; or why it does not
	Passed      int
	Total       int
	Totals      bool // at least one timed test passed: there is something to add up
	TimedPassed int
	Missed      int // timed tests that were not passed
	Real, CPU   string
	Measured    *measuredData // nil where it was run once
	Unmeasured  string        // why it was run once although there is a reference
	WholeRuns   bool          // times are of whole processes
	// FixedReal and FixedCPU are what a whole process costs at least, in
	// milliseconds; empty where it is not known.
	FixedReal, FixedCPU string
	Judged              moment
	Strip               strip
	Runs                []runTable
}

// runTable is the samples, of which all is public, or the secret test cases.
type runTable struct {
	Caption string
	Remark  string // muted, behind the caption; may be empty
	Times   bool   // real and CPU time are shown
	Memory  bool
	Rows    []runRow
}

type runRow struct {
	Test    string
	Timed   bool
	Ran     bool
	Verdict chip
	Real    string
	CPU     string
	Memory  int64
}

// submissionPage reads the store itself, not the snapshot: the page of a
// submission is opened the moment it was handed in.
func (s *Site) submissionPage(req request) (page, error) {
	n, err := strconv.ParseInt(req.args[0], 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != req.args[0] {
		return page{}, judge.ErrNotFound
	}
	e, err := s.cfg.Reads.Entry(req.ctx, judge.SubmissionID(n))
	if err != nil {
		return page{}, fmt.Errorf("read submission %d: %w", n, err)
	}
	sight := req.snap.sights[e.Submission.Problem]
	e.Judging = sight.Judging(e.Judging)
	d := s.newSubmission(req, e)
	cache := cacheQuiet
	if d.Pending {
		cache = cacheLive
		d.follow(req.snap.view)
		if d.Waiting, err = s.waiting(req, e); err != nil {
			return page{}, err
		}
	} else if e.Judging.State == judge.Cancelled {
		d.Waiting = "It was withdrawn before it was judged, and is not ranked."
	} else if err := s.addResult(req, &d, e, sight); err != nil {
		return page{}, err
	}
	return page{cache: cache, data: d, own: true}, nil
}

func (s *Site) newSubmission(req request, e judge.Entry) submissionData {
	sub, c := e.Submission, req.snap.contest
	d := submissionData{
		frame: s.frame(req, fmt.Sprintf("Submission %d", sub.ID)),
		ID:    sub.ID, Name: string(sub.Contestant), ProblemName: req.snap.problemName(sub.Problem),
		Language: string(sub.Language), Bytes: sub.Bytes, Hash: sub.SourceHash,
		Receipt: momentOf(sub.Receipt, c.Zone), Late: lateText(c, sub),
		Verdict: chipOf(e.Judging), Pending: e.Judging.Pending(),
	}
	if !d.Copied || !d.Pending { // a copy of one that waits is of a moment
		d.At = moment{} // the page changes with the submission, not with the snapshot
	}
	d.Description = fmt.Sprintf("%s by %s for %s: %s.", d.Title, d.Name, d.ProblemName, d.Verdict.Text)
	d.Contestant = d.ToContestant(sub.Contestant)
	if p, ok := req.snap.problem(sub.Problem); ok {
		d.Problem, d.Boards = d.ToProblem(p.ID), tabsOf(d.links, p, "")[1:]
	}
	if cut := c.Deadline.Cutoff; d.Late == "" && !cut.IsZero() && !sub.Receipt.Before(cut) {
		d.Ticket = momentOf(sub.Ticket, c.Zone)
	}
	return d
}

func (s *Site) addResult(req request, d *submissionData, e judge.Entry, sight judge.Sight) error {
	j := e.Judging
	runs, err := s.cfg.Reads.Runs(req.ctx, j.ID)
	if err != nil {
		return fmt.Errorf("read the runs of judging %d: %w", j.ID, err)
	}
	runs = sight.Runs(runs)
	d.Passed, d.Total, d.TimedPassed, d.Missed = j.Passed, j.Total, j.TimedPassed, j.Missed.Tests
	d.Totals = timed(j)
	d.Real, d.CPU = ms(j.On(judge.RealBoard).Once.Time()), ms(j.On(judge.CPUBoard).Once.Time())
	d.Judged = momentOf(j.Finished, req.snap.contest.Zone)
	p, _ := req.snap.problem(e.Submission.Problem)
	measured := j.Values.Measuring().Is()
	d.Runs = runTables(runs, sight.Note(p), measured)
	d.WholeRuns = p.Timing == judge.WholeProcess
	if real, cpu := j.On(judge.RealBoard).Fixed, j.On(judge.CPUBoard).Fixed; real > 0 {
		d.FixedReal, d.FixedCPU = about(real.Time()), about(cpu.Time())
	}
	if !measured {
		if sight > judge.SeesVerdicts {
			d.Strip = newStrip(runs)
		}
		d.Unmeasured = unmeasuredText(j.Values.Measuring())
		return nil
	}
	tests, err := s.cfg.Reads.MeasuredTests(req.ctx, j.ID)
	if err != nil {
		return fmt.Errorf("read the measured tests of judging %d: %w", j.ID, err)
	}
	d.Measured = newMeasured(boardsOf(p), j, sight.Tests(tests))
	if j.Class != "" {
		machine := req.snap.machine(d.links, j.Class)
		d.Measured.Machine = &machine
	}
	return nil
}

// runTables are the test cases, samples first. A note says why secret ones are
// without their times.
func runTables(runs []judge.Run, note string, measured bool) []runTable {
	remark := ""
	if measured {
		remark = "the run that was checked; it is not what is ranked"
	}
	samples := runTable{Caption: "Samples", Remark: remark, Times: true, Memory: true}
	secret := runTable{Caption: "Secret tests", Remark: remark, Times: note == ""}
	if note != "" {
		secret.Remark = note
	}
	for _, r := range runs {
		t := &secret
		if judge.IsSample(r.TestCase) {
			t = &samples
		}
		t.Rows = append(t.Rows, runRow{
			Test: r.TestCase, Timed: r.Timed, Verdict: verdictChip(r.Verdict), Ran: ran(r),
			Real: ms(r.Real), CPU: ms(r.CPU), Memory: r.MemoryBytes,
		})
	}
	return slices.DeleteFunc([]runTable{samples, secret}, func(t runTable) bool { return len(t.Rows) == 0 })
}

// ran says whether there are facts about a run.
func ran(r judge.Run) bool { return r.Verdict != judge.NotRun && r.Verdict.Public() != judge.Pending }

// waiting says in a sentence what a pending submission waits for.
func (s *Site) waiting(req request, e judge.Entry) (string, error) {
	switch e.Judging.State {
	case judge.Compiling:
		return "It is being compiled now.", nil
	case judge.Running:
		return "Its test cases are running now.", nil
	case judge.Done: // our own failure, which looks like waiting
		return "It is waiting to be judged.", nil
	}
	ahead, err := s.cfg.Reads.Ahead(req.ctx, e.Judging.ID)
	if err != nil {
		return "", fmt.Errorf("read the place of submission %d in the queue: %w", e.Submission.ID, err)
	}
	text := "It is next in the queue."
	if ahead > 0 {
		text = "In the queue, with " + plural(ahead, "judging", "judgings") + " before it. Contestants take turns."
	}
	if held := req.snap.queue.Held; held.Is() {
		text += " Just now " + held.String() + ", and nothing is judged until it ends."
	}
	return text, nil
}

func submissionArgs(v *view) [][]string {
	out := make([][]string, len(v.entries))
	for i, e := range v.entries {
		out[i] = []string{strconv.FormatInt(int64(e.Submission.ID), 10)}
	}
	return out
}

// strip is the picture of a submission's test cases: one bar each.
type strip struct {
	Width, Height int
	Bars          []stripBar
	Max           string // what the highest bar means, in milliseconds
	Label         string
	Dimmed        bool // some do not count in the totals
}

type stripBar struct {
	X, Y, H, W string
	Class      string
	Text       string
}

const (
	stripHeight = 72
	stripWidth  = 960
)

func newStrip(runs []judge.Run) strip {
	var longest time.Duration
	for _, r := range runs {
		longest = max(longest, r.Real)
	}
	if longest == 0 {
		return strip{}
	}
	s := strip{Width: stripWidth, Height: stripHeight, Max: ms(longest)}
	s.Label = fmt.Sprintf("Real time of each of %s; the longest took %s ms", plural(len(runs), "test", "tests"), s.Max)
	step := float64(stripWidth) / float64(len(runs))
	step = min(step, 48)
	for i, r := range runs {
		s.Dimmed = s.Dimmed || !r.Timed
		h := max(float64(stripHeight)*float64(r.Real)/float64(longest), 2)
		s.Bars = append(s.Bars, stripBar{
			X: num(float64(i) * step), Y: num(stripHeight - h), W: num(step * 0.78), H: num(h),
			Class: barClass(r), Text: fmt.Sprintf("%s: %s, %s ms", r.TestCase, r.Verdict.Public().Name(), ms(r.Real)),
		})
	}
	return s
}

// barClass colours a bar by its verdict; what does not count in the totals is
// dimmed.
func barClass(r judge.Run) string {
	class := "v-" + verdictChip(r.Verdict).Class
	if !r.Timed {
		class += " untimed"
	}
	return class
}

// num prints a coordinate.
func num(f float64) string { return strconv.FormatFloat(f, 'f', -1, 32) }
