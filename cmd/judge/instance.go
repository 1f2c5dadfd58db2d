package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"contest/judge"
	"contest/judge/api"
	"contest/judge/contest"
	"contest/judge/gate"
	"contest/judge/language"
	"contest/judge/machine"
	"contest/judge/pipeline"
	"contest/judge/problem"
	"contest/judge/queue"
	"contest/judge/rule"
	"contest/judge/store"
	"contest/judge/worker"
	"contest/judge/yamlfile"
	"contest/leaderboard"
)

// instance is a contest folder opened in this process: the one place where
// the parts are wired together.
type instance struct {
	folder     contest.Folder
	catalog    *contest.Catalog
	db         *store.DB
	jobs       *queue.Queue
	hub        *api.Hub
	gate       *gate.Gate
	api        *api.Server
	site       *leaderboard.Site
	pipe       *pipeline.Pipeline
	worker     *worker.Worker
	logger     *slog.Logger
	catalogNew chan struct{} // gets a value when settings or problems are others
	judging    atomic.Bool   // started
	secret     judge.Secret
	// progress is told of test cases that are generated; may be nil.
	progress func(problem string, done, total int)
}

// instanceOptions say what a command needs of the contest folder.
type instanceOptions struct {
	Logger *slog.Logger
	// Database is the address of the store; empty for that of contest.yaml.
	Database string
	// Generate makes missing test cases; without it problems whose test cases
	// are not there yet are shown without them.
	Generate bool
	Progress func(problem string, done, total int) // of generating; may be nil
}

func openInstance(ctx context.Context, folder contest.Folder, opt instanceOptions) (*instance, error) {
	if err := folder.Prepare(); err != nil {
		return nil, err
	}
	in := &instance{folder: folder, hub: api.NewHub(), logger: opt.Logger, progress: opt.Progress, catalogNew: make(chan struct{}, 1)}
	var err error
	if in.secret, err = contestSecret(folder, opt.Logger); err != nil {
		return nil, err
	}
	if in.db, err = openStore(ctx, folder, opt.Database, opt.Logger); err != nil {
		return nil, err
	}
	in.pipe = pipeline.New(toolchains(folder.State("cache"), opt.Logger), in.db)
	if in.jobs, err = queue.New(in.db, queue.Options{Workers: 1, Logger: opt.Logger, Shortage: in.shortage, Followers: in.hub}); err != nil {
		return nil, errors.Join(err, in.db.Close())
	}
	in.catalog, err = contest.Open(ctx, folder, contest.Options{
		Load: in.loader(opt), Verify: verifier{in}, Logger: opt.Logger, Changed: in.problemsChanged,
	})
	if err != nil {
		return nil, errors.Join(err, in.db.Close())
	}
	in.worker = &worker.Worker{Problems: in.catalog, Pipeline: in.pipe, Timer: in.pipe.Timer, Aside: &in.pipe.Aside, Logger: opt.Logger}
	owner, err := folder.OwnerToken(api.NewToken)
	if err != nil {
		return nil, errors.Join(err, in.db.Close())
	}
	in.gate = gate.New(func() judge.Access { return in.catalog.Contest().Access }, gate.Descriptors(), opt.Logger)
	rules := rule.Contest{Settings: in.catalog.Contest, Problems: in.catalog.Problems, Now: time.Now}
	in.api = newAPI(rules, in.pipe.Toolchains.Languages(), in.pipe.Timer.Machine().Class, in.db)
	in.api.Queue, in.api.Withdrawing.Queue = in.jobs, in.jobs
	in.api.Packages, in.api.Hub, in.api.Gate, in.api.Trouble, in.api.Logger = in.catalog, in.hub, in.gate, in.jobs.Lacking, opt.Logger
	in.api.OwnerToken, in.api.Commitment, in.api.Version = owner, in.secret.Commitment(), version()
	in.site, err = leaderboard.New(leaderboard.Config{
		Contest: in.catalog.Contest, Problems: in.catalog.Problems, Reads: in.db, Commitment: in.secret.Commitment(), Changed: in.db.Subscribe, Now: time.Now, Logger: in.logger,
		Gate: in.gate,
	})
	if err != nil {
		return nil, errors.Join(err, in.db.Close())
	}
	return in, nil
}

// newAPI is the API of a contest in a store. class is the machine's that judges; empty
// if nothing is measured.
func newAPI(rules rule.Contest, languages language.Set, class string, db *store.DB) *api.Server {
	return &api.Server{
		Contest:     rules,
		Submitting:  rule.Submitting{Contest: rules, Languages: languages, Store: db},
		Withdrawing: rule.Withdrawing{Store: db},
		Choosing:    rule.Choosing{Contest: rules, Store: db},
		Rejudging:   rule.Rejudging{Contest: rules, Languages: languages, Class: class, Store: db},
		Accounts:    db, Store: db, Languages: languages,
	}
}

// finals are held on this machine.
func (in *instance) finals() rule.Finals {
	return rule.Finals{
		Contest: in.api.Contest, Store: in.db, Secret: in.secret, Class: in.pipe.Timer.Machine().Class,
		Generate: func(ctx context.Context, p judge.Problem, seed uint64) (judge.Problem, error) {
			return in.pipe.LoadFresh(ctx, filepath.Join(in.folder.Problems(), string(p.ID)), p.Version, seed, pipeline.LoadOptions{
				TestSet: in.catalog.Contest().TestSet, Secret: in.secret, Cache: in.folder.State("cache"), Progress: in.progress,
			})
		},
	}
}

// fitness decides whether this machine may rank by time.
func (in *instance) fitness() rule.Fitness {
	return rule.Fitness{
		Contest: in.api.Contest, Store: in.db, Class: in.pipe.Timer.Machine().Class,
		Findings: func(p judge.Problem, m judge.Measure) ([]machine.Finding, error) {
			cpus, err := machine.MeasuringCPUs(p.Threads, m.CPUs)
			return machine.RedFindings(machine.Place{CPUs: cpus}), err
		},
	}
}

// openStore opens the contest's store, see databaseOf.
func openStore(ctx context.Context, folder contest.Folder, address string, logger *slog.Logger) (*store.DB, error) {
	address, err := databaseOf(folder, address)
	if err != nil {
		return nil, err
	}
	if address == "" {
		return store.Open(ctx, "sqlite:"+folder.State("judge.db"), store.Options{Blobs: folder.State("blobs"), Logger: logger})
	}
	return store.Open(ctx, address, store.Options{Logger: logger})
}

// databaseOf is the address of the contest's PostgreSQL database: the given one, or
// that of contest.yaml; empty for SQLite in the folder.
func databaseOf(folder contest.Folder, given string) (string, error) {
	if given != "" {
		return given, contest.CheckDatabase(given)
	}
	settings, err := contest.ReadSettings(folder.Settings())
	return settings.Database, err
}

// contestSecret is the contest's secret, made now if there is none.
func contestSecret(folder contest.Folder, logger *slog.Logger) (judge.Secret, error) {
	settings, err := contest.ReadSettings(folder.Settings())
	if err != nil {
		return "", err
	}
	s, fresh, err := folder.Secret(settings.Commitment)
	if fresh {
		logger.Info("made the secret that secret tests are made from; back it up", "file", folder.State("secret"),
			"hint", "publish its commitment in contest.yaml: commitment: "+s.Commitment())
	}
	return s, err
}

// shortage says what this machine lacks just now to judge; nil if nothing.
func (in *instance) shortage() error { return machine.Shortage(in.folder.State()) }

// loader reads a package and generates its test cases where they are missing.
func (in *instance) loader(opt instanceOptions) contest.Loader {
	return func(ctx context.Context, dir string, c judge.Contest) (judge.Problem, error) {
		return in.pipe.Load(ctx, dir, pipeline.LoadOptions{
			TestSet: c.TestSet, Secret: in.secret, Cache: in.folder.State("cache"), Generate: opt.Generate, Progress: opt.Progress,
			Warned: in.warned,
		})
	}
}

// warned puts what is to be said of a package into the log.
func (in *instance) warned(id string, warnings problem.Errors) {
	for _, w := range warnings {
		in.logger.Warn("problem package", "problem", id, "warning", w.Error())
	}
}

// verifier verifies the contest's packages between judgings.
type verifier struct{ in *instance }

// Verified is what is known of a problem.
func (v verifier) Verified(p judge.Problem) (yamlfile.Errors, bool) {
	return pipeline.Verified(v.in.folder.State("cache"), p.Proof)
}

// Verify verifies the package that a problem was loaded from.
func (v verifier) Verify(ctx context.Context, dir string, c judge.Contest, p judge.Problem) (yamlfile.Errors, error) {
	found, err := v.in.pipe.Verify(ctx, dir, pipeline.VerifyOptions{
		LoadOptions: pipeline.LoadOptions{TestSet: c.TestSet, Secret: v.in.secret, Cache: v.in.folder.State("cache")},
		Turn:        v.turn,
	})
	if err == nil && len(found.Errors) == 0 && found.Problem.Proof != p.Proof {
		err = problem.ErrChanged
	}
	return found.Errors, err
}

// errOccupied stops a piece of work for whoever wants the machine for itself.
var errOccupied = errors.New("judging is held or paused")

// turn does a piece of work while nothing is judged, and judging is neither paused nor
// held: whoever does that wants the machine.
func (v verifier) turn(ctx context.Context, piece func(context.Context) error) error {
	for {
		if err := v.free(ctx); err == nil {
			err := v.in.pipe.Aside.Do(ctx, func(ctx context.Context) error { return v.whileFree(ctx, piece) })
			if !errors.Is(err, errOccupied) {
				return err
			}
		} else if !errors.Is(err, errOccupied) {
			return err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// free is errOccupied while judging is paused or held.
func (v verifier) free(ctx context.Context) error {
	paused, err := v.in.jobs.Paused(ctx)
	if err != nil {
		return err
	}
	hold, err := v.in.db.Hold(ctx)
	if err == nil && (paused || hold.Is()) {
		return errOccupied
	}
	return err
}

// whileFree does a piece of work and stops it if somebody wants the machine for
// itself, from another process as well.
func (v verifier) whileFree(ctx context.Context, piece func(context.Context) error) error {
	own, cancel := context.WithCancelCause(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		for {
			select {
			case <-time.After(250 * time.Millisecond):
			case <-own.Done():
				return
			}
			if err := v.free(own); errors.Is(err, errOccupied) {
				cancel(errOccupied)
			}
		}
	})
	err := piece(own)
	occupied := context.Cause(own) == errOccupied
	cancel(nil)
	watch.Wait()
	if err != nil && occupied {
		return errOccupied
	}
	return err
}

// problemsChanged has observe note that settings or problems are new, looks
// whether this machine is fit for them, and lets judgings begin again that could
// not be done with what there was before.
func (in *instance) problemsChanged() {
	select {
	case in.catalogNew <- struct{}{}:
	default:
	}
	if !in.judging.Load() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	lacking, err := in.fitness().LookAgain(ctx, judge.Actor{Role: judge.AsJudge})
	switch {
	case err != nil:
		in.logger.Error("look whether this machine is fit to rank by time", "error", err)
	case lacking != "":
		in.logger.Warn("this machine is not fit to rank by time; the pages say so", "lacking", lacking)
	}
	for _, p := range in.catalog.Problems() {
		_, err := in.db.Hurry(ctx, p.ID)
		_, retryErr := in.db.RetryFailed(ctx, judge.Actor{Role: judge.AsJudge}, p.ID)
		if err = errors.Join(err, retryErr); err != nil {
			in.logger.Error("begin waiting judgings again", "problem", p.ID, "error", err)
		}
	}
}

// handler serves the page and the API.
func (in *instance) handler() http.Handler {
	mux := http.NewServeMux()
	pages := in.site.Handler()
	mux.Handle("/api/v1/", in.api.Handler())
	for _, pattern := range in.site.Paths() {
		mux.Handle(pattern, pages)
	}
	// The mux redirects paths with "//" or ".." from the root of the host; pages do
	// it below the prefix that a proxy may have taken off.
	clean := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := r.URL.Path; p != "/" && path.Clean(p) != strings.TrimSuffix(p, "/") {
			pages.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
	protected := http.NewCrossOriginProtection().Handler(clean)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff") // also on what is refused before it comes to a page
		protected.ServeHTTP(w, r)
	})
}

// start begins to judge; the caller holds the contest's lock.
func (in *instance) start(ctx context.Context) error {
	if err := pipeline.Prune(in.folder.State("cache"), in.catalog.Loaded()); err != nil {
		in.logger.Warn("old versions of packages are still in the cache", "error", err)
	}
	// Starting anew is often what mends the cause of a failure.
	if n, err := in.db.RetryFailed(ctx, judge.Actor{Role: judge.AsJudge}, ""); err != nil {
		return err
	} else if n > 0 {
		in.logger.Info("judgings that failed on our side begin again", "count", n)
	}
	for _, p := range in.catalog.Problems() {
		in.worker.TellDoubts(ctx, p)
	}
	if err := in.jobs.Start(ctx, in.worker.Work); err != nil {
		return err
	}
	in.judging.Store(true)
	return nil
}

// warnOtherMachine tells of results that do not compare with what will be
// measured here: this machine, or its compiler or settings, was changed.
func (in *instance) warnOtherMachine(ctx context.Context) error {
	for _, p := range in.catalog.Problems() {
		entries, err := in.db.Entries(ctx, p.ID)
		if err != nil {
			return err
		}
		n := 0
		for _, e := range entries {
			if e.Judging.OtherClass(in.pipe.Timer.Machine().Class) {
				n++
			}
		}
		if n > 0 {
			in.logger.Warn("results were measured on another machine class and do not compare with new ones",
				"problem", p.ID, "count", n, "hint", fmt.Sprintf("judge rejudge -p %s measures them again", p.ID))
		}
	}
	return nil
}

// close stops judging, gives back what was not finished, and closes the store.
func (in *instance) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	err := in.jobs.Stop(ctx)
	if closeErr := in.db.Close(); closeErr != nil {
		err = errors.Join(err, fmt.Errorf("close the database: %w", closeErr))
	}
	return err
}
