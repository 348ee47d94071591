// Peerloomd is a BGP daemon that announces what its configuration and its child
// processes say. It reads ExaBGP's configuration and speaks ExaBGP's API.
package main

import (
	"context"
	"os"
)

func main() {
	useProcessors()
	os.Exit(start(context.Background(), os.Args, os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}
