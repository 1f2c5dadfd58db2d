package contest

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"contest/judge"
	"contest/judge/yamlfile"
)

// DefaultListen is where judge serve listens unless told otherwise.
const DefaultListen = "127.0.0.1:8080"

// ReadSettings reads contest.yaml. Everything wrong in it is reported at once,
// as yamlfile.Errors.
func ReadSettings(path string) (judge.Contest, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return judge.Contest{}, yamlfile.Errors{{File: path, Message: err.Error(), Hint: "judge init makes a contest"}}
	}
	return ParseSettings(filepath.Base(path), text)
}

// ParseSettings reads the text of a contest.yaml; name stands in errors.
func ParseSettings(name string, text []byte) (judge.Contest, error) {
	var found yamlfile.Findings
	p := &parser{
		Document: yamlfile.Document{Findings: &found, Name: name, EmptyIsAbsent: true},
		contest:  judge.Contest{Zone: time.UTC, TestSet: "full", Listen: DefaultListen, Measure: judge.DefaultMeasure, Limits: judge.DefaultQuota, Verified: judge.DemandChanges},
	}
	if root := p.Parse(text); root != nil {
		p.read(root)
	}
	if len(found.Errors) > 0 {
		found.Errors.Sort()
		return judge.Contest{}, found.Errors
	}
	return p.contest, nil
}

// parser fills a contest. Times are kept as nodes until the zone is known,
// wherever in the file it stands.
type parser struct {
	yamlfile.Document
	contest                judge.Contest
	start, deadline, grace *yaml.Node
}

func (p *parser) read(root *yaml.Node) {
	c := &p.contest
	p.Mapping(root, yamlfile.Handlers{
		"name":   p.into(&c.Name),
		"about":  p.into(&c.About),
		"prizes": p.into(&c.Prizes),
		"listen": p.into(&c.Listen),
		"db": func(n *yaml.Node) {
			text, ok := p.Text(n)
			if !ok {
				return
			}
			if err := CheckDatabase(text); err != nil {
				p.invalid(n, "db", err)
				return
			}
			c.Database = text
		},
		"timezone": p.zone,
		"start":    func(n *yaml.Node) { p.start = n },
		"deadline": func(n *yaml.Node) { p.deadline = n },
		"grace":    func(n *yaml.Node) { p.grace = n },
		"problems": p.problems,
		"commitment": func(n *yaml.Node) {
			if text, ok := p.Text(n); ok && !commitmentPattern.MatchString(text) {
				p.FailAt(n, "judge status prints that of the contest's secret", "a commitment has 64 hexadecimal digits")
			} else if ok {
				c.Commitment = text
			}
		},
		"verified": func(n *yaml.Node) {
			if word, ok := p.Choice(n, string(judge.DemandAlways), string(judge.DemandChanges), string(judge.DemandNever)); ok {
				c.Verified = judge.Demand(word)
			}
		},
		"measure": p.measure,
		"access":  p.access,
		"limits":  p.limits,
		"test_set": func(n *yaml.Node) {
			if set, ok := p.Choice(n, "full", "demo"); ok {
				c.TestSet = set
			}
		},
	})
	p.times()
	if c.Name == "" && len(p.Errors) == 0 {
		p.Fail(p.Name, `add a line such as name: "Spring contest"`, "the contest has no name")
	}
}

// CheckDatabase says whether a text can be the address of a contest's database. It
// does not repeat the text, in which a password may stand.
func CheckDatabase(address string) error {
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		return nil
	}
	return &judge.Invalid{Message: "this is no address of a PostgreSQL database",
		Hint: "write postgres://user@host:5432/database, or nothing to keep the contest in SQLite in its folder"}
}

var commitmentPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// into is the handler of a key whose text is taken as it is.
func (p *parser) into(field *string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if text, ok := p.Text(n); ok {
			*field = text
		}
	}
}

func (p *parser) zone(n *yaml.Node) {
	name, ok := p.Text(n)
	if !ok {
		return
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		p.FailAt(n, "write a name of the tz database, such as Asia/Dubai or UTC", "there is no time zone %q", name)
		return
	}
	p.contest.Zone = zone
}

func (p *parser) times() {
	c := &p.contest
	if text, ok := p.given(p.start); ok {
		var err error
		if c.Start, err = judge.ParseTime(text, c.Zone); err != nil {
			p.invalid(p.start, "start", err)
		}
	}
	if text, ok := p.given(p.deadline); ok {
		var err error
		if c.Deadline, err = judge.ParseDeadline(text, c.Zone); err != nil {
			p.invalid(p.deadline, "deadline", err)
		} else if !c.Start.Before(c.Deadline.Cutoff) {
			p.FailAt(p.deadline, "move one of them", "the deadline is not after the start")
		}
	}
	if text, ok := p.given(p.grace); ok {
		grace, err := time.ParseDuration(text)
		if err != nil || grace < 0 || grace > time.Hour {
			p.FailAt(p.grace, "write a time up to 1h, such as 120s", "grace: %q is not a short time", text)
			return
		}
		c.Deadline.Grace = grace
	}
}

func (p *parser) given(n *yaml.Node) (string, bool) {
	if n == nil {
		return "", false
	}
	return p.Text(n)
}

// invalid takes over an error with its hint.
func (p *parser) invalid(n *yaml.Node, key string, err error) {
	var in *judge.Invalid
	if errors.As(err, &in) {
		p.FailAt(n, in.Hint, "%s: %s", key, in.Message)
		return
	}
	p.FailAt(n, "", "%s: %v", key, err)
}

// measure takes what measuring may cost.
func (p *parser) measure(n *yaml.Node) {
	m := &p.contest.Measure
	p.Mapping(n, yamlfile.Handlers{
		"rounds": func(n *yaml.Node) {
			if v, ok := p.Integer(n, 3, judge.MostRounds, ""); ok {
				m.Rounds = int(v)
			}
		},
		"precision": func(n *yaml.Node) { // in per cent, as people speak of it
			if text, ok := p.Text(n); ok {
				number, percent := strings.CutSuffix(text, "%")
				v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
				if !percent || err != nil || !(v >= 0.05 && v <= 50) {
					p.FailAt(n, "write it in per cent, from 0.05% to 50%, such as 0.5%", "precision: %q is not possible", text)
					return
				}
				m.Precision = v / 100
			}
		},
		"budget": func(n *yaml.Node) {
			if text, ok := p.Text(n); ok {
				v, err := time.ParseDuration(text)
				if err != nil || v < time.Second || v > time.Hour {
					p.FailAt(n, "write a time from 1s to 1h, such as 2m", "budget: %q is not possible", text)
					return
				}
				m.Budget = v
			}
		},
		"cpus": func(n *yaml.Node) {
			for _, item := range p.List(n) {
				if v, ok := p.Integer(item, 0, maxCPU, ""); ok {
					m.CPUs = append(m.CPUs, int(v))
				}
			}
		},
	})
}

// access takes how much of the server's connections anybody may take.
func (p *parser) access(n *yaml.Node) {
	a := &p.contest.Access
	number := func(field *int) func(*yaml.Node) {
		return func(n *yaml.Node) {
			if v, ok := p.Integer(n, 1, maxConnections, ""); ok {
				*field = int(v)
			}
		}
	}
	p.Mapping(n, yamlfile.Handlers{
		"connections":             number(&a.Connections),
		"connections_per_address": number(&a.ConnectionsPerAddress),
		"connections_per_account": number(&a.ConnectionsPerAccount),
		"streams":                 number(&a.Streams),
		"streams_per_address":     number(&a.StreamsPerAddress),
		"streams_per_account":     number(&a.StreamsPerAccount),
		"trusted_proxies": func(n *yaml.Node) {
			for _, item := range p.List(n) {
				if text, ok := p.Text(item); ok {
					p.proxy(item, text)
				}
			}
		},
	})
}

// proxy takes an address, or a range of addresses, of a reverse proxy.
func (p *parser) proxy(n *yaml.Node, text string) {
	prefix, err := netip.ParsePrefix(text)
	if addr, addrErr := netip.ParseAddr(text); addrErr == nil {
		prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	if err != nil || prefix.Addr().Zone() != "" {
		p.FailAt(n, "write the proxy's address, such as 127.0.0.1, or a range, such as 10.0.0.0/8", "trusted_proxies: %q is not an address", text)
		return
	}
	if prefix.Bits() == 0 {
		p.FailAt(n, "name the proxies alone: whoever is trusted here can pass for any address", "trusted_proxies: %q is everybody", text)
		return
	}
	p.contest.Access.TrustedProxies = append(p.contest.Access.TrustedProxies, prefix.Masked())
}

// maxConnections is more than one process serves.
const maxConnections = 1_000_000

// limits takes what each contestant may use.
func (p *parser) limits(n *yaml.Node) {
	l := &p.contest.Limits
	p.Mapping(n, yamlfile.Handlers{
		"waiting": p.orNone(func(n *yaml.Node) {
			if v, ok := p.Integer(n, 1, maxWaiting, ""); ok {
				l.Waiting = int(v)
			}
		}, func() { l.Waiting = 0 }),
		"sources": p.orNone(p.size(&l.SourceBytes), func() { l.SourceBytes = 0 }),
		"reserve": p.size(&l.ReserveBytes),
	})
}

// orNone takes the word none as the end of a limit.
func (p *parser) orNone(value func(*yaml.Node), none func()) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && n.Value == "none" {
			none()
			return
		}
		value(n)
	}
}

var (
	sizePattern = regexp.MustCompile(`^([0-9]{1,9}) ?(KiB|MiB|GiB)$`)
	sizeUnits   = map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
)

// size is the handler of a number of bytes with its unit, above zero.
func (p *parser) size(into *int64) func(*yaml.Node) {
	return func(n *yaml.Node) {
		text, ok := p.Text(n)
		if !ok {
			return
		}
		if m := sizePattern.FindStringSubmatch(text); m != nil {
			v, err := strconv.ParseInt(m[1], 10, 64)
			if size := v * sizeUnits[m[2]]; err == nil && size > 0 {
				*into = size
				return
			}
		}
		p.FailAt(n, "write a whole number and KiB, MiB or GiB, such as 64 MiB", "%q is not a size", text)
	}
}

// maxWaiting is more than any contest needs; none lifts the limit.
const maxWaiting = 100_000

// maxCPU is the highest number that a CPU can have.
const maxCPU = 4095

func (p *parser) problems(n *yaml.Node) {
	first := map[string]int{}
	for _, item := range p.List(n) {
		name, ok := p.Text(item)
		if !ok {
			continue
		}
		if line, again := first[name]; again {
			p.FailAt(item, fmt.Sprintf("the first is on line %d: keep one", line), "problem %q stands twice", name)
			continue
		}
		first[name] = item.Line
		p.contest.Problems = append(p.contest.Problems, judge.ProblemID(name))
	}
}
