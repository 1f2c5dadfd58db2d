package queue

import (
	"cmp"
	"fmt"
	"log/slog"
	"time"

	"contest/judge"
)

// scarcity is what this process knows of judgings that were kept from being
// done by what the machine lacked; under the queue's lock.
type scarcity struct {
	times map[judge.JudgingID]int // in a row
	now   string                  // what was lacking the last time; empty since one was done
}

const (
	// firstPause is how long a judging waits at first for what the machine lacks.
	firstPause = time.Second
	// lastPause is as long as that gets.
	lastPause = 5 * time.Minute
	// excuses is how often a judging may fail for want of something on a machine
	// that seems to lack nothing, before that counts: what was lacking may have
	// come back before anybody looked.
	excuses = 5
)

// surroundings are what an attempt was made in.
type surroundings struct {
	alone    bool  // nothing else was judged here
	shortage error // what the machine lacked
}

func (q *Queue) surroundings() surroundings {
	s := surroundings{shortage: q.opt.Shortage()}
	q.mu.Lock()
	defer q.mu.Unlock()
	s.alone = len(q.working) <= 1
	return s
}

// excuse turns an attempt that failed for want of something into a Later. It
// returns the error that is left, nil if the result can be believed.
func (q *Queue) excuse(id judge.JudgingID, before surroundings, result judge.Outcome, err error, log *slog.Logger) error {
	if err == nil && result.Judging.Verdict == judge.Accepted {
		q.excused(id, nil)
		return nil
	}
	after := q.surroundings()
	lacking := cmp.Or(before.shortage, after.shortage)
	if lacking == nil && judge.Scarce(err) {
		lacking = err
	}
	if _, later := err.(*judge.Later); later || lacking == nil {
		if err == nil {
			q.excused(id, nil)
		}
		return err
	}
	times := q.excused(id, lacking)
	healthy := before.shortage == nil && after.shortage == nil
	if healthy && before.alone && after.alone && times > excuses {
		return fmt.Errorf("on a machine that seems to lack nothing: %w", err)
	}
	say := log.Warn
	if times >= excuses {
		say = log.Error
	}
	say("the machine lacks something; the judging waits and loses no attempt", "lacking", lacking, "error", err, "times", times)
	return &judge.Later{After: min(firstPause<<min(times-1, 20), lastPause), Reason: "the machine lacks something: " + lacking.Error()}
}

// excused notes that a judging was kept from being done, or with nil that it was
// not, and returns how often in a row it was.
func (q *Queue) excused(id judge.JudgingID, lacking error) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if lacking == nil {
		delete(q.scarce.times, id)
		q.scarce.now = ""
		return 0
	}
	q.scarce.times[id]++
	q.scarce.now = lacking.Error()
	return q.scarce.times[id]
}

// Lacking says what the machine lacked when a judging was last tried; empty if
// nothing.
func (q *Queue) Lacking() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.scarce.now
}
