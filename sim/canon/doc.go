// Package canon writes the state of a program in one canonical way, so that two
// states can be compared by their octets: every value that can be reached, by
// reflection, but for what its caller says is no state.
//
// It errs on one side alone: states that differ only in what does not matter (a
// number that counts, the order of a list) may be told apart, but states that
// behave differently are never the same, as long as what is left out is no
// state, and functions hold nothing that is not reached otherwise.
package canon
