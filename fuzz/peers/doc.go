// Package peers holds the codec against other people's packet libraries: the
// same bytes go through both, and where the two disagree the table of known
// differences says which sentence of an RFC decides. It also measures both in
// one run.
//
// It is a module of its own, so that those libraries are no dependencies of
// peerloom.
//
//	cd fuzz/peers
//	go test .                              # seeds and captures
//	go test -fuzz FuzzUpdate -fuzztime 1m  # new bytes
//	go test -bench . -benchmem             # side by side
package peers
