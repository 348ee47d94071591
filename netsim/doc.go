// Package netsim is a network of virtual TCP connections on a sim.Loop.
//
// It simulates what TCP gives to its users, not packets: per connection and
// direction an ordered stream of bytes, with latency, a window and arbitrary
// segmentation, and the ways in which a connection fails. A stream never loses
// or reorders bytes: TCP doesn't. What is lost on a real network shows here as
// it shows there: as delay, as a stall, or as a reset.
//
// A host is an address with a Handler. Things happen to it as an [Event], at
// an instant of virtual time; it acts by calling methods of [Network], from
// within its handler or from outside. Nothing happens to a host during such a
// call: all events come through the loop.
//
// Everything undecided, such as how a write is cut or how long it takes, is
// asked of the loop's Source; the dull answers give a network without faults
// that delivers each write whole after the link's latency.
package netsim
