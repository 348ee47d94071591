// Peerloomd is a BGP daemon that announces what its configuration and its child
// processes say. It reads ExaBGP's configuration and speaks ExaBGP's API.
package main

import (
	"context"
	"os"
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Environ(), os.Stdin, os.Stdout, os.Stderr))
}
