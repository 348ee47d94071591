// Package examples holds the scenarios of this folder, for the sweep that is run
// without a file.
package examples

import (
	"embed"
	"io/fs"
)

//go:embed *.scenario
var files embed.FS

// FS has the scenario files, NAME.scenario each.
func FS() fs.FS { return files }
