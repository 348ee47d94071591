// Package rib holds a peer's routes: what it is to be told (Adj-RIB-Out, [Out])
// and what it told us (Adj-RIB-In, [In]). It is pure: no clock, no goroutine.
//
// Out keeps two tables, want and told, and one queue of work that has not been
// pulled yet. Start at [Out.Apply] and [Out.Pull].
package rib
