// Peerloomd is a BGP daemon that announces what its configuration and its child
// processes say. It reads ExaBGP's configuration and speaks ExaBGP's API.
package main

import (
	"context"
	"os"
	"runtime"
)

func main() {
	// One goroutine owns the speaker and the others carry bytes to it: a second
	// processor only adds the waking of idle threads, which is a third of what a
	// helper waits for that reads each reply before it writes on.
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(1)
	}
	os.Exit(start(context.Background(), os.Args, os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}
