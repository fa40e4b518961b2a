// Command lianban is the whole product: servers and command line in one program.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"lianban/cmd/lianban/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	app := cli.New(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	code := app.Run(ctx)
	stop()
	os.Exit(int(code))
}
