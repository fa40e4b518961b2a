// Command lianban is the whole product: servers and command line in one program.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"lianban/cmd/lianban/internal/cli"
	"lianban/cmd/lianban/internal/run"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends us at once
	app := cli.New(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	app.Root().AddCommand(
		run.Dev(app), run.Serve(app), run.Migrate(app), run.Password(app), run.Admin(app), run.Temporal(app), run.Audit(app), run.Supervision(app), run.Bench(app), run.Demo(app),
	)
	os.Exit(int(app.Run(ctx)))
}
