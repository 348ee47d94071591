//go:build !linux

package live

import "io"

// writeNow leaves everything to the child's writer.
func writeNow(io.Writer, []byte) int { return 0 }
