// Peerloom runs BGP speakers through every order of events, on a network that
// exists only in memory: one number, the seed, replays a run to the byte.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
