package score

// Finalists are the rows that a final of so many prizes has to time: all whose
// place may be one of the prizes'. Passed test cases decide before times, so
// the prizes go to the rows that passed most, then to those that passed fewer,
// while any are left. Among rows that passed equally many a rank is the best of
// its range; whoever has none, or stands below the others for want of a
// measured time, may be faster than all of them.
func (b Board) Finalists(prizes int) []Row {
	above := map[int]int{} // rows that passed more, by passed test cases
	for _, r := range b.Rows {
		above[r.Passed] = 0
	}
	for passed := range above {
		for _, r := range b.Rows {
			if r.Passed > passed {
				above[passed]++
			}
		}
	}
	var out []Row
	for _, r := range b.Rows {
		if above[r.Passed] < prizes && (r.Rank <= prizes || !r.Measurement.Is()) {
			out = append(out, r)
		}
	}
	return out
}
