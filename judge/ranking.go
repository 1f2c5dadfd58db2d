package judge

import (
	"fmt"
	"strconv"
)

// Ranking is where a row stands on a board, or a finalist in a final.
type Ranking struct {
	// Rank is the position of the first row that shares it; zero is a row without
	// a rank. The order inside a rank says nothing.
	Rank int `json:"rank"`
	// Best and Worst are the range of places that the measurement does not
	// exclude: 1 plus the rows that passed more or are surely faster, and the
	// number of rows that are not surely behind. Rank lies within.
	Best  int  `json:"best"`
	Worst int  `json:"worst"`
	Tied  bool `json:"tied,omitempty"` // another row has the same rank
}

// Range is the range of places, and whether it has more than one. Finals that
// were stored before there was a Best have Rank in its place.
func (p Ranking) Range() (best, worst int, doubt bool) {
	if best = p.Best; best == 0 {
		best = p.Rank
	}
	return best, p.Worst, best < p.Worst
}

// RankText is the rank as it is printed everywhere: 3, 3= where it is shared, or
// – without one.
func (p Ranking) RankText() string {
	switch {
	case p.Rank == 0:
		return "–"
	case p.Tied:
		return strconv.Itoa(p.Rank) + "="
	}
	return strconv.Itoa(p.Rank)
}

// RangeText is the range of places, such as 2–4; empty where there is one place,
// or no rank.
func (p Ranking) RangeText() string {
	best, worst, doubt := p.Range()
	if p.Rank == 0 || !doubt {
		return ""
	}
	return fmt.Sprintf("%d–%d", best, worst)
}
