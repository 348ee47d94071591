// Package world puts real speakers, scripted BGP peers and scripted API clients
// on a virtual network and lets a sim.Source decide everything that is
// undecided: latencies, splits, when a connection is written to, which of two
// events comes first, and what fails.
//
// A speaker here is the one that ships: speaker.Speaker with child.Child for
// each API client, driven by network events and by a timer at its Deadline.
// Every session of every speaker is watched by the oracles of sim/check, which
// get the same order of batches and session events as the speaker.
//
// A run has two phases. In the first one, clients and peers go through their
// scripts while faults strike. Then faults stop, what they did is undone, and
// the world has to come to rest: nothing queued, nothing in flight, every
// session up. Then what every peer has is compared with what it should have.
//
// Start at [New] and [World.Run].
package world
