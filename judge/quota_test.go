package judge

import (
	"errors"
	"strings"
	"testing"
)

func TestQuota(t *testing.T) {
	q := Quota{Waiting: 2, SourceBytes: 100}
	refused := func(err error) string {
		var r *Refusal
		if errors.As(err, &r) {
			return r.Code
		}
		return ""
	}
	for _, test := range []struct {
		name      string
		err       error
		want      string
		mayRepeat bool
	}{
		{"one waits", q.MayWait(1, 7), "", false},
		{"two wait", q.MayWait(2, 7), "waiting", true},
		{"any may wait", Quota{}.MayWait(1000, 7), "", false},
		{"room is left", q.MayStore(60, 40), "", false},
		{"a byte too many", q.MayStore(60, 41), "stored", false},
		{"any may be stored", Quota{}.MayStore(1<<40, 1), "", false},
	} {
		if got := refused(test.err); got != test.want {
			t.Errorf("%s: got %v, want %q", test.name, test.err, test.want)
		}
		if r, ok := errors.AsType[*Refusal](test.err); ok && (r.After > 0) != test.mayRepeat {
			t.Errorf("%s: try again after %v, want some time: %v", test.name, r.After, test.mayRepeat)
		}
	}
	err := q.MayWait(2, 7).(*Refusal)
	if !strings.Contains(err.Message, "2 submissions of yours wait to be judged, the oldest is 7") || !strings.Contains(err.Hint, "judge cancel 7") {
		t.Errorf("the refusal does not say how many wait, the oldest and what to do: %q, %q", err.Message, err.Hint)
	}
}

func TestReserve(t *testing.T) {
	for _, test := range []struct {
		quota Quota
		disk  Disk
		want  int64
		full  bool
	}{
		{Quota{}, Disk{FreeBytes: 2 << 30, TotalBytes: 100 << 30}, 1 << 30, false},
		{Quota{}, Disk{FreeBytes: 1<<30 - 1, TotalBytes: 100 << 30}, 1 << 30, true},
		{Quota{}, Disk{FreeBytes: 90, TotalBytes: 2000}, 100, true},
		{Quota{ReserveBytes: 80}, Disk{FreeBytes: 90, TotalBytes: 2000}, 80, false},
		{Quota{ReserveBytes: 80}, Disk{}, 80, false}, // nothing is known
	} {
		d := test.quota.Reserve(test.disk)
		if d.ReserveBytes != test.want || d.Full() != test.full {
			t.Errorf("reserve of %+v: got %d, full %v, want %d, %v", test.disk, d.ReserveBytes, d.Full(), test.want, test.full)
		}
	}
}
