package measure

import (
	"slices"

	"contest/judge"
)

// Places ranks n rivals who are in the order of their times. It is the one
// place where ranks are made, of boards and of finals. apart(i, j) says whether
// the one at i, who is listed above the one at j, is told apart from that one. It
// is asked of those from first to end, as near(j) says, end not included: all
// above are told apart, all below are not.
//
// Ranks read down the list. Who is told apart from nobody of the group above
// belongs to it; everybody else begins the next group, whose rank is its first
// position. So nobody stands above somebody who is listed before, and no two
// who share a rank are told apart. The range of places counts who is told
// apart, and needs no order beyond that.
func Places(n int, near func(j int) (first, end int), apart func(i, j int) bool) []judge.Place {
	places := make([]judge.Place, n)
	firsts := make([]int, n+1) // how many have their first there
	group := 0
	for j := range n {
		first, end := near(j)
		firsts[first]++
		sure, told := first, first > group
		for i := first; i < end; i++ {
			if apart(i, j) {
				sure++
				places[i].Worst--
				told = told || i >= group
			}
		}
		if told {
			group = j
		}
		places[j].Rank, places[j].Best = group+1, sure+1
	}
	behind := 0
	for i, p := range slices.Backward(places) {
		behind += firsts[i+1]
		places[i].Worst = n + p.Worst - behind
		places[i].Tied = i > 0 && places[i-1].Rank == p.Rank || i+1 < n && places[i+1].Rank == p.Rank
	}
	return places
}

// everybody is a near of Places that leaves nobody out.
func everybody(j int) (first, end int) { return 0, j }
