package contest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"contest/judge"
	"contest/judge/yamlfile"
)

func TestParseSettings(t *testing.T) {
	c, err := ParseSettings("contest.yaml", []byte(`name: "Round 1"
timezone: Asia/Dubai
start: 2026-01-20 12:00
deadline: 2026-02-04 23:59
grace: 90s
problems: [block-validation, ledger]
test_set: demo
listen: :9000
measure: {rounds: 12, precision: 0.25%, budget: 90s, cpus: [2, 3]}
limits: {waiting: 7, sources: 2GiB, reserve: 500 MiB}
`))
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "Round 1" || c.TestSet != "demo" || c.Listen != ":9000" || len(c.Problems) != 2 || c.Deadline.Grace != 90*time.Second {
		t.Errorf("got %+v", c)
	}
	if m := c.Measure; m.Rounds != 12 || m.Precision != 0.0025 || m.Budget != 90*time.Second || len(m.CPUs) != 2 {
		t.Errorf("measure: %+v", m)
	}
	if want := (judge.Quota{Waiting: 7, SourceBytes: 2 << 30, ReserveBytes: 500 << 20}); c.Limits != want {
		t.Errorf("limits: %+v, want %+v", c.Limits, want)
	}
	if want := time.Date(2026, 2, 4, 20, 0, 0, 0, time.UTC); !c.Deadline.Cutoff.Equal(want) {
		t.Errorf("cutoff %v, want %v", c.Deadline.Cutoff.UTC(), want)
	}
	if want := time.Date(2026, 1, 20, 8, 0, 0, 0, time.UTC); !c.Start.Equal(want) {
		t.Errorf("start %v, want %v", c.Start.UTC(), want)
	}
}

func TestLimits(t *testing.T) {
	for text, want := range map[string]judge.Quota{
		"name: x\n": judge.DefaultQuota,
		"name: x\nlimits: {waiting: none, sources: none}\n": {},
		"name: x\nlimits: {reserve: 64 KiB}\n":              {Waiting: 5, SourceBytes: 64 << 20, ReserveBytes: 64 << 10},
	} {
		c, err := ParseSettings("contest.yaml", []byte(text))
		if err != nil || c.Limits != want {
			t.Errorf("limits of %q: got %+v, %v, want %+v", text, c.Limits, err, want)
		}
	}
}

func TestParseSettingsSaysWhatIsWrongAndWhere(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"unknown key", "name: x\ndedline: 2026-02-04 23:59\n", `contest.yaml:2: unknown key "dedline"; did you mean "deadline"?`},
		{"impossible date", "name: x\n\ndeadline: 2026-02-30 23:59\n", `contest.yaml:3: deadline: "2026-02-30 23:59" is not a date and time`},
		{"date only", "name: x\ndeadline: 2026-02-03\n", `contest.yaml:2: deadline: "2026-02-03" is not a date and time`},
		{"zone", "name: x\ntimezone: Asia/Dubay\n", `contest.yaml:2: there is no time zone "Asia/Dubay"`},
		{"twice", "name: x\nname: y\n", `contest.yaml:2: key "name" stands here twice`},
		{"no name", "timezone: UTC\n", `contest.yaml: the contest has no name`},
		{"empty", "", `contest.yaml:1: the file is empty`},
		{"list", "- a\n", `contest.yaml:1: this must be a mapping`},
		{"tab", "name: x\n\tstart: y\n", `contest.yaml:2: `},
		{"test set", "name: x\ntest_set: tiny\n", `contest.yaml:2: "tiny" is not possible here`},
		{"end before start", "name: x\nstart: 2026-02-05 12:00\ndeadline: 2026-02-04 23:59\n", `contest.yaml:3: the deadline is not after the start`},
		{"end too far away", "name: x\ndeadline: 9999-12-31 23:59\n", `contest.yaml:2: deadline: "9999-12-31 23:59" is too far away`},
		{"start too far away", "name: x\nstart: 3000-01-01 00:00\n", `contest.yaml:2: start: "3000-01-01 00:00" is too far away`},
		{"budget of years", "name: x\nmeasure: {budget: 2000000h}\n", `contest.yaml:2: budget: "2000000h" is not possible`},
		{"grace beyond 64 bits", "name: x\ngrace: 3000000h\n", `contest.yaml:2: grace: "3000000h" is not a short time`},
		{"grace", "name: x\ngrace: forever\n", `contest.yaml:2: grace: "forever" is not a short time`},
		{"problems", "name: x\nproblems: all\n", `contest.yaml:2: this must be a list`},
		{"rounds", "name: x\nmeasure:\n  rounds: 2\n", `contest.yaml:3: 2 is out of range`},
		{"precision", "name: x\nmeasure: {precision: 0.5}\n", `contest.yaml:2: precision: "0.5" is not possible`},
		{"budget", "name: x\nmeasure: {budget: 1ms}\n", `contest.yaml:2: budget: "1ms" is not possible`},
		{"connections", "name: x\naccess: {connections: 0}\n", `contest.yaml:2: 0 is out of range`},
		{"access", "name: x\naccess: {conections: 10}\n", `contest.yaml:2: unknown key "conections"`},
		{"proxy", "name: x\naccess: {trusted_proxies: [proxy.example]}\n", `contest.yaml:2: trusted_proxies: "proxy.example" is not an address`},
		{"every proxy", "name: x\naccess: {trusted_proxies: [0.0.0.0/0]}\n", `contest.yaml:2: trusted_proxies: "0.0.0.0/0" is everybody`},
		{"CPUs", "name: x\nmeasure: {cpus: [-1]}\n", `contest.yaml:2: "-1" is not a whole number`},
		{"commitment", "name: x\ncommitment: yes\n", `contest.yaml:2: a commitment has 64 hexadecimal digits`},
		{"waiting", "name: x\nlimits: {waiting: 0}\n", `contest.yaml:2: 0 is out of range`},
		{"sources without unit", "name: x\nlimits:\n  sources: 64\n", `contest.yaml:3: "64" is not a size`},
		{"no reserve", "name: x\nlimits:\n  reserve: none\n", `contest.yaml:3: "none" is not a size`},
		{"unknown limit", "name: x\nlimits: {wating: 3}\n", `did you mean "waiting"?`},
		{"problem twice", "name: x\nproblems: [a, a]\n", `contest.yaml:2: problem "a" stands twice`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := ParseSettings("contest.yaml", []byte(tc.text))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestParseSettingsReportsEverythingAtOnce(t *testing.T) {
	_, err := ParseSettings("contest.yaml", []byte("name: x\nfoo: 1\nbar: 2\ntest_set: tiny\n"))
	es, ok := err.(yamlfile.Errors)
	if !ok || len(es) != 3 {
		t.Errorf("got %v, want three errors", err)
	}
}

func FuzzParseSettings(f *testing.F) {
	f.Add("name: x\ntimezone: Asia/Dubai\ndeadline: 2026-02-04 23:59\nproblems: [a, b]\n")
	f.Add("name: &a [*a]\n")
	f.Add("{")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseSettings("contest.yaml", []byte(text))
		if err == nil && (c.Name == "" || c.Zone == nil) {
			t.Errorf("%q was accepted without a name or a zone", text)
		}
	})
}

func TestParseAccess(t *testing.T) {
	c, err := ParseSettings("contest.yaml", []byte(`name: x
access:
  connections: 100
  streams_per_account: 3
  trusted_proxies: [127.0.0.1, 10.1.2.3/8, "2001:db8::/32"]
`))
	if err != nil {
		t.Fatal(err)
	}
	a := c.Access.WithDefaults()
	if a.Connections != 100 || a.StreamsPerAccount != 3 || a.Streams != judge.DefaultAccess.Streams {
		t.Errorf("access: %+v", a)
	}
	if got := fmt.Sprint(a.TrustedProxies); got != "[127.0.0.1/32 10.0.0.0/8 2001:db8::/32]" {
		t.Errorf("trusted proxies: %s", got)
	}
}
