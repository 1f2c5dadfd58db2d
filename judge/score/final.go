package score

// Finalists are the rows that a final of so many prizes has to time: of those
// that passed as many test cases as the best, all whose rank may be one of the
// prizes'. That is everybody whom the board cannot rank, because the time is
// from another machine class. Rows with fewer passed test cases are below
// without any doubt.
func (b Board) Finalists(prizes int) []Row {
	best := 0
	for _, r := range b.Rows {
		best = max(best, r.Passed)
	}
	var out []Row
	for _, r := range b.Rows {
		if r.Passed == best && r.Rank <= prizes { // a rank is the best of its range
			out = append(out, r)
		}
	}
	return out
}
