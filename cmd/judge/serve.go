package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/lmittmann/tint"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"contest/judge/contest"
)

func newServe(c *cli) *cobra.Command {
	var opt serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Judge submissions, serve the page, watch the problems",
		Long: `Serve runs the contest in one process until Ctrl-C: it takes submissions, judges
them, serves the public page, and loads problems as they are dropped or edited.
Nothing else needs to be started. A judging that is cut off starts again at the
next serve; nothing is lost.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder, err := c.folder()
			if err != nil {
				return err
			}
			return c.serve(cmd.Context(), folder, opt)
		},
	}
	cmd.Flags().BoolVar(&opt.Degraded, "degraded", false, "serve although this machine lacks protections or cannot rank by time (judge doctor says which); the pages say so")
	cmd.Flags().StringVar(&opt.Listen, "listen", "", "the address to listen on (default: listen in contest.yaml, "+contest.DefaultListen+")")
	return cmd
}

type serveOptions struct {
	Listen string
	// Ready is called once submissions are taken, with the server's address.
	Ready func(ctx context.Context, in *instance, url string) error
	Quiet bool
	// Degraded serves on a machine that is not fit, visibly.
	Degraded bool
}

// serve runs a contest until ctx ends.
func (c *cli) serve(ctx context.Context, folder contest.Folder, opt serveOptions) error {
	lacking, err := c.fit(opt.Degraded)
	if err != nil {
		return err
	}
	if err := folder.Prepare(); err != nil {
		return err
	}
	lock, err := folder.TryLock()
	if errors.Is(err, contest.ErrLocked) {
		return &exitError{Status: exitRefused, Err: fmt.Errorf("another judge works in %s", folder), Hint: "stop it first (judge serve or judge submit in this folder)"}
	}
	if err != nil {
		return err
	}
	defer lock.Release()
	listener, err := c.listen(folder, opt.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	level := slog.LevelInfo
	if opt.Quiet && !c.verbose {
		level = slog.LevelError
	}
	in, err := openInstance(ctx, folder, instanceOptions{Logger: c.logger(level), Database: c.database, Generate: true, Progress: c.generating()})
	if err != nil {
		return err
	}
	if err = c.judgesHere(ctx, in, lacking, opt.Degraded); err == nil {
		in.warnCheats(ctx)
		err = in.warnOtherMachine(ctx)
	}
	if err == nil {
		err = c.serveOn(ctx, in, listener, opt)
	}
	return errors.Join(err, in.close())
}

// serveOn answers on listener until ctx ends, with everything that runs
// beside it.
func (c *cli) serveOn(ctx context.Context, in *instance, listener net.Listener, opt serveOptions) error {
	if err := in.start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	url := "http://" + reachable(listener.Addr())
	if err := writeLocal(in, url); err != nil {
		return err
	}
	defer os.Remove(in.folder.State("server.json"))
	server := in.gate.Server(in.handler())
	if n, short := in.gate.Connections(); short {
		in.logger.Warn("few connections are possible, because this process may open few files", "connections", n,
			"hint", "raise the limit before the judge is started: ulimit -n, or LimitNOFILE of a systemd unit")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group, ctx := errgroup.WithContext(ctx)
	in.api.Closing = ctx.Done()
	group.Go(func() error { return in.catalog.Watch(ctx) })
	group.Go(func() error { return in.observe(ctx) })
	group.Go(func() error { return in.db.Follow(ctx) })
	group.Go(func() error { return in.site.Run(ctx) })
	group.Go(func() error {
		if err := server.Serve(in.gate.Listener(listener)); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		if opt.Ready == nil {
			c.notef("stopping; what is being judged goes back to the queue\n")
		}
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if server.Shutdown(stop) != nil {
			return server.Close()
		}
		return nil
	})
	group.Go(func() error {
		if opt.Ready != nil {
			defer cancel() // a demo without a terminal ends by itself
			return opt.Ready(ctx, in, url)
		}
		if c.json {
			return c.printJSON(map[string]string{"url": url})
		}
		c.notef("%s %s\n%s %s\n", c.style.bold.Render("serving"), c.style.accent.Render(url), c.style.faint.Render("deadline"), in.catalog.Contest().Deadline)
		return nil
	})
	if err := group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// listen takes the port before anything else is done, so that a taken one is
// known at once.
func (c *cli) listen(folder contest.Folder, addr string) (net.Listener, error) {
	if addr == "" {
		settings, err := contest.ReadSettings(folder.Settings())
		if err != nil {
			return nil, err
		}
		addr = settings.Listen
	}
	l, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, usage("stop the program that listens there, or choose another address: judge serve --listen 127.0.0.1:8081", "the address %s is taken", addr)
	case errors.Is(err, syscall.EACCES):
		return nil, usage("choose a port above 1023, or let a proxy listen there", "this user may not listen on %s", addr)
	case err != nil:
		return nil, usage("write it as host:port, such as 127.0.0.1:8080 or :8080", "cannot listen on %q: %v", addr, err)
	}
	return l, nil
}

// reachable is the address under which this machine reaches a listener.
func reachable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return addr.String()
	}
	return net.JoinHostPort("127.0.0.1", fmt.Sprint(tcp.Port))
}

// writeLocal tells commands in the same folder where the server is.
func writeLocal(in *instance, url string) error {
	text, err := json.Marshal(local{URL: url, Token: in.api.OwnerToken})
	if err != nil {
		return err
	}
	return writeWhole(in.folder.State("server.json"), text)
}

// logger writes for people on a terminal and JSON elsewhere.
func (c *cli) logger(level slog.Level) *slog.Logger {
	if c.verbose {
		level = min(level, slog.LevelDebug)
	}
	if c.tty {
		return slog.New(tint.NewHandler(c.err, &tint.Options{Level: level, TimeFormat: time.TimeOnly}))
	}
	return slog.New(slog.NewJSONHandler(c.err, &slog.HandlerOptions{Level: level}))
}
