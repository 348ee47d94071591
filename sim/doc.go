// Package sim is a kernel for deterministic simulation: an event loop on
// virtual time, one interface through which everything undecided is decided
// ([Source]), a trace whose hash names a run ([Trace]), exhaustive search
// ([Explore]), stories that are kept, edited and retold ([Scribe], [Retold]), and
// a shrinker ([Shrink]). It knows nothing of networks or BGP.
//
// A run is a function of its Source: the same answers give the same events, in
// the same order, at the same instants, and so the same trace hash. Nothing in
// the package reads a clock, starts a goroutine or draws a random number that
// its seed does not determine.
package sim
