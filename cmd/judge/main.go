// Judge holds programming contests in which C++ programs are ranked by how
// fast they do a real job correctly. One binary is server, judge, leaderboard
// and client; `judge help` lists the commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	os.Exit(run())
}

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	cli := newCLI()
	root := newRoot(cli)
	cmd, err := root.ExecuteContextC(ctx)
	return cli.report(ctx, misused(cmd, err))
}
