package score

// Finalists are the rows that a final of so many prizes has to time: all whose
// place may be one of the prizes'. The first key decides before times, so the
// prizes go to the rows of the first group, then to those of the next, while any
// are left. In a group those may win one whose best place says so, and those
// that the board cannot compare: their time is of another machine class, or
// there is none yet. Who passed no timed test case has none to come.
func (b Scoreboard) Finalists(prizes int) []Row {
	all, ranked := make([]int, len(b.Rows)+1), make([]int, len(b.Rows)+1) // rows of a group, then of those above as well
	for _, r := range b.Rows {
		all[r.Group]++
		if r.Rank > 0 {
			ranked[r.Group]++
		}
	}
	for g := range b.Rows {
		all[g+1] += all[g]
		ranked[g+1] += ranked[g]
	}
	var out []Row
	for _, r := range b.Rows {
		best := 1 // in its group
		if r.Measured.Is() && r.Rank > 0 {
			best = r.Best - ranked[r.Group-1]
		}
		if all[r.Group-1]+best <= prizes && r.TimedPassed > 0 {
			out = append(out, r)
		}
	}
	return out
}
