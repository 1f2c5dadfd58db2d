package judge

import (
	"testing"
	"time"
)

// A program may use up its CPU time in one thread, unless real time is ranked.
func TestWallLimit(t *testing.T) {
	for _, test := range []struct {
		boards  []Board
		threads int
		want    time.Duration
	}{
		{[]Board{RealBoard, CPUBoard}, 1, 5 * time.Second},
		{[]Board{RealBoard, CPUBoard}, 4, 5 * time.Second},
		{[]Board{CPUBoard}, 1, 11 * time.Second},
		{[]Board{CPUBoard}, 4, 26 * time.Second},
	} {
		p := Problem{Boards: test.boards, Threads: test.threads, Limits: Limits{Time: 5 * time.Second}}
		if got := p.WallLimit(); got != test.want {
			t.Errorf("%v, %d threads: got %v, want %v", test.boards, test.threads, got, test.want)
		}
	}
}
