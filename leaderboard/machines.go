package leaderboard

import (
	"fmt"
	"maps"
	"slices"

	"contest/judge"
)

type machinesData struct {
	frame
	Machines []machineCard
	JSON     string
}

// machineCard is one class of machine.
type machineCard struct {
	Class string
	Name  string // in a few words; empty where nothing is known
	// Cheats is what submissions gain there that try to be timed wrongly.
	Cheats string
	Facts  []machineFact
}

type machineFact struct {
	Name, Value string
	Wide        bool // takes a line of its own; such facts come last
}

// machineRef is how other pages mention the machine that they were measured on.
type machineRef struct{ Class, Name, Link string }

func (v *view) machine(l links, class string) machineRef {
	out := machineRef{Class: class}
	if i := slices.IndexFunc(v.machines, func(m judge.Machine) bool { return m.Class == class }); i >= 0 {
		out.Name, out.Link = v.machines[i].Name(), l.ToMachine(class)
	}
	return out
}

func (s *Site) machinesPage(req request) (page, error) {
	d := machinesData{frame: s.frame(req, "Machines"), Machines: []machineCard{}}
	d.At = moment{} // it says nothing of the moment
	d.Description = "The machines on which times were measured."
	d.JSON = d.Root + "api/v1/machines.json"
	for _, m := range req.snap.machines {
		card := machineCard{Class: m.Class, Name: m.Name(), Cheats: "never tried"}
		if c := m.Cheats; c != nil {
			card.Cheats = fmt.Sprintf("%v (%s)", c.CheatCounts, c.Date())
		}
		var wide []machineFact
		for _, name := range slices.Sorted(maps.Keys(m.Fingerprint)) {
			value := m.Fingerprint[name]
			if len(value) > 40 {
				wide = append(wide, machineFact{name, value, true})
				continue
			}
			card.Facts = append(card.Facts, machineFact{name, value, false})
		}
		card.Facts = append(card.Facts, wide...)
		d.Machines = append(d.Machines, card)
	}
	return page{cache: cacheQuiet, data: d}, nil
}

// machinesJSON is /api/v1/machines.
func (s *Site) machinesJSON(req request) (answer, error) {
	return jsonAnswer(cacheQuiet, append([]judge.Machine{}, req.snap.machines...))
}
