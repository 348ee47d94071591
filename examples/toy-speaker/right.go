//go:build !bug

package toy

// forgetsPartOfALine: the bytes of a dead connection never reach the next one.
const forgetsPartOfALine = true
