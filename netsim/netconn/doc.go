// Package netconn is a net.Conn and net.Listener skin over netsim, so that code
// written with goroutines can live on the virtual network.
//
// It is meant for testing/synctest: the bubble's clock is the master, and one
// goroutine sleeps to the network's next event and runs it. The network replays
// from its seed; the order in which goroutines act at one instant does not.
package netconn
