// Command temporald is the Temporal server the end-to-end tests run as a process of its own.
// It is a program apart so that test binaries need not link the server.
package main

import (
	"os"

	"lianban/standalone"
)

func main() { os.Exit(standalone.TemporalMain(os.Args[1:], os.Stdout, os.Stderr)) }
