//go:build bug

package toy

// forgetsPartOfALine is the planted bug: half a line of a dead connection is the
// beginning of the next one's first line.
const forgetsPartOfALine = false
