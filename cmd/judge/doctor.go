package main

import (
	"errors"

	"github.com/spf13/cobra"

	"contest/judge/build"
	"contest/sandbox"
)

// checkup is what doctor found, as it prints it in JSON.
type checkup struct {
	Compilers build.Toolchains `json:"compilers"`
	Sandbox   sandbox.Report   `json:"sandbox"`
}

func newDoctor(c *cli) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what this machine lacks and how to mend it",
		Long: `Doctor looks at compilers, kernel, namespaces, control groups and how quiet the
processors are. It ends with status 8 if this machine cannot judge at all.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			found := checkup{Compilers: build.Detect(), Sandbox: sandbox.Check()}
			if c.json {
				if err := c.printJSON(found); err != nil {
					return err
				}
			} else {
				c.checkup(found)
			}
			if found.Sandbox.Unusable || len(found.Compilers) == 0 {
				return c.said(&exitError{Status: exitJudge, Err: errors.New("this machine cannot judge yet"), Hint: "mend what is marked with ✗ above"})
			}
			return nil
		},
	}
}

func (c *cli) checkup(found checkup) {
	for _, t := range found.Compilers {
		c.finding(true, "compiler "+string(t.ID), t.Version, "", "", "")
	}
	if len(found.Compilers) == 0 {
		c.finding(false, "compiler", "neither g++ nor clang++", "compiles submissions", "apt-get install g++", "nothing can be judged")
	}
	for _, p := range found.Sandbox.Protections {
		c.finding(p.Present, p.Name, p.Found, p.Meaning, p.Cure, p.Without)
	}
	switch {
	case found.Sandbox.Unusable:
	case found.Sandbox.Degraded:
		c.printf("\n%s this machine judges, but not everything is enforced or measured exactly\n", c.style.warn.Render("!"))
	default:
		c.printf("\n%s this machine is ready\n", c.style.good.Render("✓"))
	}
}

func (c *cli) finding(present bool, name, found, meaning, cure, without string) {
	mark := c.style.good.Render("✓")
	switch {
	case present:
	case without == "":
		mark = c.style.warn.Render("!")
	default:
		mark = c.style.bad.Render("✗")
	}
	c.printf("%s %-26s %s\n", mark, name, found)
	if present {
		return
	}
	for _, line := range []struct{ label, text string }{{"what for", meaning}, {"mend", cure}, {"without it", without}} {
		if line.text != "" {
			c.printf("    %-10s %s\n", c.style.faint.Render(line.label), line.text)
		}
	}
}
