package main

import (
	"context"
	"time"

	"contest/judge"
	"contest/leaderboard"
)

// observe makes events of what changes without the store, until ctx ends: the settings
// and problems that this process has taken up, the phase that the clock has begun, a
// hold whose holder vanished. Pages and lists get a new number by it like by any other
// change.
func (in *instance) observe(ctx context.Context) error {
	var phase judge.Phase
	catalogNew := true
	for {
		if catalogNew {
			catalogNew = in.noted(ctx, in.observeCatalog(ctx))
		}
		state := in.catalog.Contest().State(time.Now(), 0)
		if state.Phase != phase { // else another server, whose clock is behind, may say something else for a moment
			_, err := in.db.Observe(ctx, judge.EventPhaseChanged, "contest", map[string]any{"phase": state.Phase})
			if !in.noted(ctx, err) {
				phase = state.Phase
			}
		}
		_, err := in.db.LapseHold(ctx)
		in.noted(ctx, err)
		select {
		case <-in.catalogNew:
			catalogNew = true
		case <-time.After(untilPhase(state, time.Now())):
		case <-ctx.Done():
			return nil
		}
	}
}

// noted says whether something could not be stored and is to be tried again.
func (in *instance) noted(ctx context.Context, err error) (again bool) {
	if err != nil && ctx.Err() == nil {
		in.logger.Warn("note a change", "error", err)
	}
	return err != nil
}

// untilPhase is how long nothing has to be looked at: pages confirm themselves as often.
func untilPhase(s judge.State, now time.Time) time.Duration {
	if s.Next.IsZero() {
		return leaderboard.CheckEvery
	}
	return min(leaderboard.CheckEvery, s.Next.Sub(now)+time.Millisecond)
}

func (in *instance) observeCatalog(ctx context.Context) error {
	if _, err := in.db.Observe(ctx, judge.EventSettingsChanged, "contest", rulesOf(in.catalog.Contest())); err != nil {
		return err
	}
	versions := map[judge.ProblemID]string{}
	for _, p := range in.catalog.Problems() {
		versions[p.ID] = p.Version
	}
	_, err := in.db.Observe(ctx, judge.EventProblemsChanged, "contest", map[string]any{"versions": versions})
	return err
}

// rulesOf are the settings of a contest as an event records them: all but where it is
// stored and served.
func rulesOf(c judge.Contest) map[string]any {
	zone := ""
	if c.Zone != nil {
		zone = c.Zone.String()
	}
	c.Database, c.Listen, c.Access, c.Zone, c.Deadline.Zone = "", "", judge.Access{}, nil, nil
	c.Start, c.Deadline.Cutoff = c.Start.UTC(), c.Deadline.Cutoff.UTC()
	return map[string]any{"settings": c, "zone": zone}
}
