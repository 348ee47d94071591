package examples_test

import (
	"fmt"
	"io/fs"

	"github.com/peerloom/peerloom/examples"
)

func ExampleFS() {
	names, err := fs.Glob(examples.FS(), "three-*.scenario")
	fmt.Println(names, err)
	// Output: [three-peers.scenario] <nil>
}
