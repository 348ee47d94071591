// Package generate draws whole worlds: a number of the sweep becomes a speaker
// with its configuration, peers, API clients with their commands, faults and
// the knobs of the network. What it draws is a [scenario.File] like one written
// by hand: it prints, parses back and runs without this package.
//
// Every feature has a rate of its own in each world, from never to mostly
// ("swarm testing"): a world that does few things does them often and in orders
// that a world doing everything never gets to. Tables are small and values few,
// so that routes meet: the same prefix is announced, withdrawn and announced
// again with other attributes.
//
// Start at [File].
package generate
