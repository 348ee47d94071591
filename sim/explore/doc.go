// Package explore searches a story of one peer to the end: a speaker with one
// neighbor, the clients that write commands to it, and a peer that may ask for
// refreshes and lose the session. Every order of these events is a run, and
// after every message and at every end the model of the Adj-RIB-Out's contract
// (sim/check) says whether the speaker kept it. New gives the first state;
// sim.Explore searches on from it.
//
// Time stands still but while a session is being established: what timers do is
// another test's. There are no bytes on the way: a message is received when it
// is pulled. Nothing is lost by that. What the speaker pulled it will never take
// back, nothing that it does later depends on when the peer reads it, the peer's
// view is a function of the order of the bytes alone, and a reset takes the
// bytes in flight and the view that they would have changed at one stroke: the
// next session begins with an empty view. For the same reason TCP takes every
// message at once: how much it has taken decides only when a sync reply comes
// and when the Send Hold Timer fires.
//
// NewPair gives the first state of another search: two speakers that dial each
// other, every order in which the connections come up, their messages and ends
// arrive, and a few connections break or timers expire. Here messages are on the
// way, since what the ends know of each other's decision is the point; judged is
// which connection survives (RFC 4271 §6.8), from the messages alone.
package explore
