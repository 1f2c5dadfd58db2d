// Judge holds programming contests in which C++ programs are ranked by how
// fast they do a real job correctly. One binary is server, judge, leaderboard
// and client; `judge help` lists the commands.
//
// This package reads flags, prints, and turns errors into messages and exit statuses, a
// file for each command. instance.go puts the parts of a contest together. What may be done
// in it is decided in package rule, and how in the packages below that.
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
