//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "interop: network namespaces and the packages of peers need Linux")
	os.Exit(1)
}
