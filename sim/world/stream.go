package world

import (
	"fmt"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/speaker"
)

// streamName is the name of a kind in a table, or its number.
func streamName(table []string, k sim.Kind) string {
	if int(k) < len(table) && table[k] != "" {
		return table[k]
	}
	return fmt.Sprintf("kind%d", k)
}

var worldStreams = [...]string{worldQuiet: "quiet", worldTick: "tick", worldHeal: "heal", worldWake: "wake", worldNotice: "notice"}

// Stream names the stream of an event, for a sim.Follower.
func (w *World) Stream(e sim.Event) string { return streamName(worldStreams[:], e.Kind) }

var nodeStreams = [...]string{nodeStart: "start", nodeTimer: "timer", nodePull: "pull", nodeHeld: "held"}

// Stream names the stream of an event, for a sim.Follower.
func (n *node) Stream(e sim.Event) string {
	name := streamName(nodeStreams[:], e.Kind)
	if e.Kind == nodePull {
		if l := n.link(speaker.ConnID(e.A)); l != nil && l.remote != "" {
			return name + ":" + l.remote
		}
	}
	return name
}

var peerStreams = [...]string{clientWake: "wake", peerKeepalive: "keepalive", peerRead: "read", peerRefresh: "refresh", peerDial: "dial",
	peerUpdate: "update", peerMalformed: "malformed", peerWaited: "waited"}

// Stream names the stream of an event, for a sim.Follower.
func (p *peer) Stream(e sim.Event) string { return streamName(peerStreams[:], e.Kind) }

var clientStreams = [...]string{clientBytes: "bytes", clientWindow: "window", clientOutput: "output", clientWake: "wake", clientSpawn: "spawn"}

// Stream names the stream of an event, for a sim.Follower.
func (a *api) Stream(e sim.Event) string { return streamName(clientStreams[:], e.Kind) }

var _ = [...]sim.Streamer{(*World)(nil), (*node)(nil), (*peer)(nil), (*api)(nil)}
