// Peerloom runs BGP speakers through every order of events, on a network that
// exists only in memory: one number, the seed, replays a run to the byte.
package main

import (
	"context"
	"os"
	"os/signal"
)

func main() {
	// An interrupt lets a long search say how far it came.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}
