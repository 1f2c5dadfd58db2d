package measure

import (
	"slices"

	"contest/judge"
)

// Ranks ranks n rivals who are in the order of their times. It is the one
// place where ranks are made, of boards and of finals. apart(i, j) says whether
// the one at i, who is listed above the one at j, is told apart from that one.
//
// It is not asked of every two: classes hold every position once, ascending in each
// class, and near(class, j) says from which to which index of the class, end not
// included, it must be asked. All of the class before are told apart from the one
// at j, all from end on are not.
//
// Ranks read down the list. Who is told apart from nobody of the group above
// belongs to it; everybody else begins the next group, whose rank is its first
// position. So nobody stands above somebody who is listed before, and no two
// who share a rank are told apart. The range of places counts who is told
// apart, and needs no order beyond that.
func Ranks(n int, classes [][]int, near func(class, j int) (first, end int), apart func(i, j int) bool) []judge.Ranking {
	places := make([]judge.Ranking, n)
	firsts := make([][]int, len(classes)) // of each class: how many have their first there
	for c, members := range classes {
		firsts[c] = make([]int, len(members)+1)
	}
	group := 0
	for j := range n {
		sure, told := 0, false
		for c, members := range classes {
			first, end := near(c, j)
			firsts[c][first]++
			sure += first
			told = told || first > 0 && members[first-1] >= group
			for _, i := range members[first:end] {
				if apart(i, j) {
					sure++
					places[i].Worst--
					told = told || i >= group
				}
			}
		}
		if told {
			group = j
		}
		places[j].Rank, places[j].Best = group+1, sure+1
	}
	for c, members := range classes {
		behind := 0
		for k, i := range slices.Backward(members) {
			behind += firsts[c][k+1]
			places[i].Worst += n - behind
		}
	}
	for i, p := range places {
		places[i].Tied = i > 0 && places[i-1].Rank == p.Rank || i+1 < n && places[i+1].Rank == p.Rank
	}
	return places
}

// ExactRanks ranks n rivals who are in the order of values that have no interval:
// whose are not equal are told apart.
func ExactRanks(n int, equal func(i, j int) bool) []judge.Ranking {
	all, _ := everybody(n)
	first := 0 // of those who equal the one at j
	near := func(_, j int) (int, int) {
		if j > 0 && !equal(j-1, j) {
			first = j
		}
		return first, first
	}
	return Ranks(n, all, near, nil)
}

// everybody are classes and near of Ranks that leave nobody out.
func everybody(n int) (classes [][]int, near func(class, j int) (first, end int)) {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return [][]int{all}, func(_, j int) (first, end int) { return 0, j }
}
