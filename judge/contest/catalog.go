package contest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"contest/judge"
	"contest/judge/problem"
	"contest/judge/yamlfile"
)

const (
	// debounce is how long the files must be quiet before they are read: one
	// save of an editor is several events.
	debounce = 150 * time.Millisecond
	// settle is how long a package must stay as it is before it is loaded: one that is
	// being copied looks whole after every file.
	settle = 2 * time.Second
	// patience is how long Open waits for packages that do not settle.
	patience = 10 * time.Second
	// rescan is how often the files are looked at without any event: events
	// get lost on overflow and do not come from network file systems.
	rescan = 30 * time.Second
)

// Loader reads one problem package and makes it ready to be judged. It must
// return an error rather than half a problem.
type Loader func(ctx context.Context, dir string, contest judge.Contest) (judge.Problem, error)

// Verifier finds out whether what packages say of themselves holds.
type Verifier interface {
	// Verified is what was found of a problem before; known is false if it was not
	// verified yet.
	Verified(p judge.Problem) (faults yamlfile.Errors, known bool)
	// Verify finds it out for a problem that was loaded from dir, which may take as
	// long as others are judged. An error says nothing of the package.
	Verify(ctx context.Context, dir string, contest judge.Contest, p judge.Problem) (faults yamlfile.Errors, err error)
}

// Options are what a catalogue works with.
type Options struct {
	Load Loader
	// Verify verifies packages while the folder is watched; nil leaves them as they
	// are loaded.
	Verify Verifier
	Logger *slog.Logger
	// Changed is called after every change, the first loads included; may be nil.
	Changed func()
	// Settle is how long a package must stay as it is before it is loaded; 0 is two
	// seconds.
	Settle time.Duration
}

// Catalog keeps the contest's settings and problems current. What cannot be
// loaded changes nothing: the last good version stays.
type Catalog struct {
	Options
	folder Folder

	loading, verifying sync.WaitGroup

	mu       sync.RWMutex
	contest  judge.Contest
	settings filesState
	good     map[judge.ProblemID]judge.Problem
	gone     map[judge.ProblemID]judge.Problem // removed, kept for judgings in the queue
	broken   map[judge.ProblemID]error
	files    map[judge.ProblemID]filesState
	busy     map[judge.ProblemID]bool // being loaded: a big one must not hold up the others
	again    map[judge.ProblemID]bool // to be looked at again once it is loaded
	failed   map[judge.ProblemID]bool // its last loading failed on our side
	badRules error                    // contest.yaml could not be read
	opening  bool                     // Open waits for what is loaded
	found    map[judge.ProblemID]*finding
}

// Open reads the settings and loads every problem. Broken problems do not
// fail it, broken settings do.
func Open(ctx context.Context, folder Folder, opt Options) (*Catalog, error) {
	opt.Settle = cmp.Or(opt.Settle, settle)
	c := &Catalog{
		Options: opt, folder: folder, opening: true, found: map[judge.ProblemID]*finding{},
		good: map[judge.ProblemID]judge.Problem{}, gone: map[judge.ProblemID]judge.Problem{},
		broken: map[judge.ProblemID]error{}, files: map[judge.ProblemID]filesState{},
		busy: map[judge.ProblemID]bool{}, again: map[judge.ProblemID]bool{}, failed: map[judge.ProblemID]bool{},
	}
	s, err := stateOf(folder.Settings())
	if err != nil {
		return nil, err
	}
	if c.contest, err = ReadSettings(folder.Settings()); err != nil {
		return nil, err
	}
	c.settings = s
	c.scanProblems(ctx)
	c.loading.Wait()
	c.mu.Lock()
	c.opening = false
	c.mu.Unlock()
	return c, ctx.Err()
}

// Contest is the current settings.
func (c *Catalog) Contest() judge.Contest {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.contest
}

// Problems are the loaded problems in the contest's order.
func (c *Catalog) Problems() []judge.Problem {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var out []judge.Problem
	for _, id := range c.order() {
		if p, ok := c.good[id]; ok {
			out = append(out, p)
		}
	}
	return out
}

// order lists the problem ids: as the settings say, otherwise by name.
func (c *Catalog) order() []judge.ProblemID {
	if len(c.contest.Problems) > 0 {
		return c.contest.Problems
	}
	ids := make([]judge.ProblemID, 0, len(c.good))
	for id := range c.good {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// ForJudging finds a problem even after its folder was removed, for
// submissions that were made before.
func (c *Catalog) ForJudging(id judge.ProblemID) (judge.Problem, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if p, ok := c.good[id]; ok {
		return p, nil
	}
	if p, ok := c.gone[id]; ok {
		return p, nil
	}
	if err := c.broken[id]; err != nil {
		return judge.Problem{}, fmt.Errorf("problem %s cannot be loaded: %w", id, err)
	}
	return judge.Problem{}, &judge.NotFound{Kind: "problem", Name: string(id), Hint: "its folder is missing in problems/"}
}

// Broken lists what could not be loaded and why, a message each.
func (c *Catalog) Broken() []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var out []string
	if c.badRules != nil {
		out = append(out, c.badRules.Error())
	}
	ids := make([]judge.ProblemID, 0, len(c.broken))
	for id := range c.broken {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		out = append(out, fmt.Sprintf("problems/%s: %v", id, c.broken[id]))
	}
	for _, id := range c.contest.Problems {
		if _, ok := c.files[id]; !ok {
			out = append(out, fmt.Sprintf("%s: problems names %q, but there is no folder problems/%s; correct the name or add the package", SettingsFile, id, id))
		}
	}
	return out
}

// Watch keeps the catalogue current until ctx ends. Events are only a hint to
// look again.
func (c *Catalog) Watch(ctx context.Context) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch the contest folder: %w", err)
	}
	defer w.Close()
	defer c.verifying.Wait()
	defer c.loading.Wait()
	c.watchFolders(w)
	timer := time.NewTimer(0) // files may have changed since Open
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case ev := <-w.Events:
			if ev.Op != fsnotify.Chmod {
				timer.Reset(debounce)
			}
		case err := <-w.Errors:
			c.Logger.Debug("file events were lost; looking again", "error", err)
			timer.Reset(debounce)
		case <-timer.C:
			c.watchFolders(w)
			c.scanSettings()
			c.scanProblems(ctx)
			c.verifyAll(ctx)
			timer.Reset(rescan)
		}
	}
}

// watchFolders watches the contest folder and every folder under problems/,
// through links too; inotify is not recursive. Watching a folder twice is once.
func (c *Catalog) watchFolders(w *fsnotify.Watcher) {
	add := func(folder string) {
		if err := w.Add(folder); err != nil {
			c.Logger.Warn("a folder is not watched; it is looked at every 30 s", "folder", folder, "error", err)
		}
	}
	add(string(c.folder))
	if file, err := filepath.EvalSymlinks(c.folder.Settings()); err == nil {
		add(filepath.Dir(file))
	}
	found, err := os.ReadDir(c.folder.Problems())
	if err != nil {
		return // scanProblems says why
	}
	add(c.folder.Problems())
	for _, d := range found {
		root, err := filepath.EvalSymlinks(filepath.Join(c.folder.Problems(), d.Name()))
		if err != nil {
			continue
		}
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				add(path)
			}
			return nil
		})
	}
}

func (c *Catalog) notify() {
	if c.Changed != nil {
		c.Changed()
	}
}

// scanSettings reads contest.yaml if it changed.
func (c *Catalog) scanSettings() {
	s, err := stateOf(c.folder.Settings())
	if err == nil && s == c.settings {
		return
	}
	contest, readErr := ReadSettings(c.folder.Settings())
	if err = errors.Join(err, readErr); err != nil {
		c.Logger.Error("contest.yaml cannot be read; the settings stay as they were", "error", err)
	} else {
		c.Logger.Info("contest.yaml read", "deadline", contest.Deadline.String())
	}
	c.mu.Lock()
	c.settings, c.badRules = s, err
	if err == nil {
		if contest.TestSet != c.contest.TestSet || contest.Verified != c.contest.Verified {
			for id := range c.files {
				c.files[id] = 0 // every problem has other test cases now, or is live on other terms
			}
		}
		if contest.Listen != c.contest.Listen {
			c.Logger.Warn("listen takes effect at the next start", "listen", contest.Listen)
		}
		c.contest = contest
	}
	c.mu.Unlock()
	c.notify()
}

// scanProblems starts to load every problem whose files changed.
func (c *Catalog) scanProblems(ctx context.Context) {
	found, err := c.folder.Packages()
	if err != nil {
		c.Logger.Error("problems/ cannot be read", "error", err)
		return
	}
	here := map[judge.ProblemID]bool{}
	for _, id := range found {
		dir := c.folder.Package(id)
		here[id] = true
		c.mu.Lock()
		busy := c.busy[id]
		c.busy[id], c.again[id] = true, busy
		c.mu.Unlock()
		if !busy {
			c.loading.Go(func() { c.refresh(ctx, id, dir) })
		}
	}
	c.remove(here)
}

// refresh loads one problem until its files stay as they were read.
func (c *Catalog) refresh(ctx context.Context, id judge.ProblemID, dir string) {
	began := time.Now()
	for {
		contest := c.Contest()
		before, err := look(dir)
		if c.settled(ctx, id, before.files, err) {
			return
		}
		var p judge.Problem
		if err == nil && !c.quiet(ctx, dir, before) {
			if c.impatient(id, began) {
				c.notify()
				return
			}
			continue // somebody is still writing: what is there may be half of it
		}
		if err == nil {
			p, err = c.Load(ctx, dir, contest)
		}
		if ctx.Err() != nil {
			return
		}
		after, afterErr := look(dir)
		if now := c.Contest(); afterErr == nil &&
			(after.files != before.files || errors.Is(err, problem.ErrChanged) || now.TestSet != contest.TestSet || now.Verified != contest.Verified) {
			continue
		}
		c.keep(ctx, id, before.files, p, err)
		c.notify()
	}
}

// quiet waits until a folder has not been changed for a while, and says whether it
// stayed as it was seen.
func (c *Catalog) quiet(ctx context.Context, dir string, seen snapshot) bool {
	since := time.Since(seen.changed)
	if since >= c.Settle {
		return true
	}
	// The clock of a file system may be ahead of ours. What was watched for that long
	// is quiet all the same.
	select {
	case <-time.After(c.Settle - max(0, since)):
	case <-ctx.Done():
	}
	now, err := look(dir)
	return err == nil && now == seen && ctx.Err() == nil
}

// impatient ends the wait of Open for a package that does not settle. It is loaded
// later, while the folder is watched.
func (c *Catalog) impatient(id judge.ProblemID, began time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.opening || time.Since(began) < patience {
		return false
	}
	delete(c.busy, id)
	delete(c.again, id)
	c.broken[id] = fmt.Errorf("its files are still being changed; it is loaded once they stay as they are for %v", c.Settle)
	return true
}

// settled says whether there is nothing to load, and ends the loading then.
func (c *Catalog) settled(ctx context.Context, id judge.ProblemID, now filesState, err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	same := err == nil && now == c.files[id]
	gone := errors.Is(err, fs.ErrNotExist)
	failed := c.failed[id] && !c.again[id] // the next rescan tries again
	if ctx.Err() == nil && !same && !gone && !failed {
		c.again[id], c.failed[id] = false, false
		return false
	}
	delete(c.busy, id)
	delete(c.again, id)
	delete(c.failed, id)
	return true
}

// keep takes over what was loaded, or remembers why it could not be. What is
// wrong with the package stays until its files change; what is wrong with us
// is tried again.
func (c *Catalog) keep(ctx context.Context, id judge.ProblemID, s filesState, p judge.Problem, err error) {
	var f *finding
	if err == nil {
		f = c.find(s, p)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	old, had := c.good[id]
	if err != nil {
		var faults yamlfile.Errors
		c.files[id], c.failed[id] = s, false
		if !errors.As(err, &faults) {
			c.files[id], c.failed[id] = 0, true
		}
		if last := c.broken[id]; last == nil || last.Error() != err.Error() {
			c.Logger.Error("a problem cannot be loaded", "problem", id, "last good version kept", had, "error", err)
		}
		c.broken[id] = err
		return
	}
	c.files[id] = s
	_, mended := c.broken[id]
	delete(c.broken, id)
	delete(c.gone, id)
	if !had || mended || old.Version != p.Version {
		c.Logger.Info("problem loaded", "problem", id, "tests", len(p.Tests), "version", short(p.Version), "state", f.State)
	}
	c.take(id, f)
	if !c.opening {
		c.verify(ctx, id)
	}
}

// remove takes problems out whose folders are gone.
func (c *Catalog) remove(here map[judge.ProblemID]bool) {
	c.mu.Lock()
	changed := false
	for id := range c.files {
		if here[id] {
			continue
		}
		if p, ok := c.good[id]; ok {
			c.gone[id] = p
			c.Logger.Warn("problem removed", "problem", id)
		}
		c.drop(id)
		delete(c.good, id)
		delete(c.broken, id)
		delete(c.files, id)
		changed = true
	}
	c.mu.Unlock()
	if changed {
		c.notify()
	}
}

func short(version string) string { return version[:min(12, len(version))] }

// filesState sums up names, sizes and times of a file or of all files of a folder:
// if it is unchanged there is nothing to read.
type filesState uint64

// snapshot is what is seen of a file or folder without reading it.
type snapshot struct {
	files filesState
	// changed is when something in it was last changed, by the file system's clock;
	// zero if the whole was moved to its place since, and so is complete.
	changed time.Time
}

func stateOf(path string) (filesState, error) {
	s, err := look(path)
	return s.files, err
}

func look(path string) (snapshot, error) {
	root, err := filepath.EvalSymlinks(path)
	if err != nil {
		return snapshot{}, err
	}
	h := fnv.New64a()
	var moved, changed time.Time
	files := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		// A copy that keeps the times of files cannot keep the times of their inodes.
		// That of the folder itself changes when it is moved.
		at := info.ModTime()
		if path == root {
			moved = inodeChanged(info)
		} else {
			at = inodeChanged(info)
		}
		if at.After(changed) {
			changed = at
		}
		if d.IsDir() {
			fmt.Fprintf(h, "%s/", path)
			return nil
		}
		files++
		fmt.Fprintf(h, "%s\x00%d %d %v\x00", path, info.Size(), info.ModTime().UnixNano(), info.Mode())
		return nil
	})
	if files > 0 && moved.After(changed) {
		changed = time.Time{}
	}
	return snapshot{filesState(h.Sum64()), changed}, err
}

// inodeChanged is when a file's contents, name or attributes were last changed.
func inodeChanged(info fs.FileInfo) time.Time {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(s.Ctim.Unix())
	}
	return info.ModTime()
}
