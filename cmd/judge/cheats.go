package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"contest/judge"
	"contest/judge/contest"
	"contest/judge/machine"
	"contest/judge/pipeline/cheats"
	"contest/judge/store"
)

// cheatRecords keep what runs of the suite of cheats showed, by machine class.
type cheatRecords interface {
	Cheats(ctx context.Context, class string) (judge.CheatRun, error)
	SaveCheats(ctx context.Context, r judge.CheatRun) error
}

// userRecords is a folder of the user's, for runs outside of a contest.
type userRecords string

// userCheats is in the folder that XDG names for what programs remember.
func userCheats() (userRecords, error) {
	state := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(state) { // the specification: then it is as if it were not set
		home, err := os.UserHomeDir()
		if err != nil {
			return "", usage("set HOME or XDG_STATE_HOME", "there is no folder to remember in: %v", err)
		}
		state = filepath.Join(home, ".local", "state")
	}
	return userRecords(filepath.Join(state, "judge", "cheats")), nil
}

func (u userRecords) file(class string) string { return filepath.Join(string(u), class+".json") }

// Cheats is judge.ErrNotFound where nothing was shown.
func (u userRecords) Cheats(_ context.Context, class string) (r judge.CheatRun, err error) {
	text, err := os.ReadFile(u.file(class))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return r, judge.ErrNotFound
	case err != nil:
		return r, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("%s is damaged, remove it: %w", u.file(class), err)
	}
	return r, nil
}

// SaveCheats replaces what was remembered of the class.
func (u userRecords) SaveCheats(_ context.Context, r judge.CheatRun) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = u.prepare()
	}
	if err == nil {
		err = writeWhole(u.file(r.Class), append(text, '\n'))
	}
	return err
}

func (u userRecords) prepare() error {
	if err := os.MkdirAll(string(u), 0o700); err != nil {
		return &judge.Invalid{Message: fmt.Sprintf("what cheats gain here cannot be remembered in %s: %v", u, err), Hint: "set XDG_STATE_HOME to a folder that can be written to"}
	}
	return nil
}

// writeWhole writes a file, readable for its owner only, that nobody sees half
// written.
func writeWhole(path string, text []byte) error {
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".new")
	if err := os.WriteFile(temp, text, 0o600); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// openedRecords are the contest's, or the user's where there is none around
// here.
type openedRecords struct {
	cheatRecords
	where string
	close func() error
}

// openCheatRecords opens those that a run is to be remembered in, before minutes
// are spent on it.
func (c *cli) openCheatRecords(ctx context.Context) (openedRecords, error) {
	folder, err := c.folder()
	if err == nil {
		if err := folder.Prepare(); err != nil {
			return openedRecords{}, err
		}
		db, err := openStore(ctx, folder, c.database, nil)
		if err != nil {
			return openedRecords{}, err
		}
		return openedRecords{db, "the contest in " + string(folder), db.Close}, nil
	}
	if c.contestDir != "" || !errors.Is(err, judge.ErrNotFound) {
		return openedRecords{}, err
	}
	u, err := userCheats()
	if err == nil {
		err = u.prepare()
	}
	return openedRecords{u, string(u), func() error { return nil }}, err
}

// lastCheats is the last run on a class that the user or the contest around
// here knows; judge.ErrNotFound if there was none.
func (c *cli) lastCheats(ctx context.Context, class string) (judge.CheatRun, error) {
	var known []cheatRecords
	if u, err := userCheats(); err == nil {
		known = append(known, u)
	}
	if folder, err := c.folder(); err == nil {
		db, err := c.storeIfAny(ctx, folder)
		if err != nil {
			return judge.CheatRun{}, err
		}
		if db != nil {
			defer db.Close()
			known = append(known, db)
		}
	}
	return latestCheats(ctx, class, known...)
}

// storeIfAny opens the contest's store unless it would be made by that: nil.
func (c *cli) storeIfAny(ctx context.Context, folder contest.Folder) (*store.DB, error) {
	address, err := databaseOf(folder, c.database)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(folder.State("judge.db")); address == "" && err != nil {
		return nil, nil
	}
	return openStore(ctx, folder, address, nil)
}

func latestCheats(ctx context.Context, class string, known ...cheatRecords) (last judge.CheatRun, err error) {
	err = judge.ErrNotFound
	for _, records := range known {
		r, failed := records.Cheats(ctx, class)
		switch {
		case errors.Is(failed, judge.ErrNotFound):
		case failed != nil:
			return last, failed
		case err != nil || r.Finished.After(last.Finished):
			last, err = r, nil
		}
	}
	return last, err
}

const cheatsCure = "judge doctor --cheats, which takes some minutes in which nothing else should run"

// cheatsFinding says what is remembered of the cheats on a class of machine.
func cheatsFinding(r judge.CheatRun, err error) machine.Finding {
	f := machine.Finding{Name: "cheats", Meaning: "submissions that try to be timed wrongly gain nothing on this class of machine"}
	shown := fmt.Sprintf("%v, shown on %s", r.CheatCounts, r.Date())
	suite, hashErr := cheats.Version()
	switch err = errors.Join(err, hashErr); {
	case errors.Is(err, judge.ErrNotFound):
		f.Level, f.Found, f.Cure = machine.Yellow, "never shown on this class of machine", cheatsCure
	case err != nil:
		f.Level, f.Found = machine.Unknown, err.Error()
	case r.Failed > 0:
		f.Level, f.Found = machine.Red, fmt.Sprintf("%s: %s", shown, r.Lacking())
		f.Cure = "measure on another machine; or stop all other work and try again: " + cheatsCure
	case r.Suite != suite:
		f.Level, f.Found, f.Cure = machine.Yellow, shown+", with other cheats than this judge has", cheatsCure
	case r.Unsure > 0:
		f.Level, f.Found, f.Cure = machine.Yellow, shown, "stop all other work and try again: "+cheatsCure
	default:
		f.Level, f.Found = machine.Good, shown
	}
	return f
}

// knowCheats takes over what the user of this machine was shown outside of the
// contest, so that the contest knows and its pages say so.
func (in *instance) knowCheats(ctx context.Context) error {
	u, err := userCheats()
	if err != nil {
		return nil // a user without a folder was shown nothing
	}
	switch r, err := u.Cheats(ctx, in.pipe.Timer.Machine().Class); {
	case err == nil:
		return in.db.SaveCheats(ctx, r)
	case !errors.Is(err, judge.ErrNotFound):
		in.logger.Warn("what cheats gain on this class of machine is unknown", "error", err, "hint", cheatsCure)
	}
	return nil
}

// cheatsHere is what the contest knows of the machine that it is judged on.
func (in *instance) cheatsHere(ctx context.Context) machine.Finding {
	return cheatsFinding(in.db.Cheats(ctx, in.pipe.Timer.Machine().Class))
}

// warnCheats tells whoever ranks by time that nobody knows what cheats gain
// here.
func (in *instance) warnCheats(ctx context.Context) {
	if f := in.cheatsHere(ctx); len(in.fitness().Measured()) > 0 && f.Level == machine.Yellow {
		in.logger.Warn("what cheats gain here: "+f.Found, "hint", f.Cure)
	}
}
