package explore

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/speaker"
)

// twoSpeakers dial each other; right has the higher identifier.
func twoSpeakers(dials, resets, timers int) Pair {
	p := Pair{Names: [2]string{"left", "right"}, Dials: dials, Resets: resets, Timers: timers}
	for i := range p.Configs {
		this, that := byte(i+1), byte(2-i)
		p.Configs[i].Neighbors = []speaker.Neighbor{{
			PeerAddress: netip.AddrFrom4([4]byte{10, 0, 0, that}), LocalAddress: netip.AddrFrom4([4]byte{10, 0, 0, this}),
			LocalAS: 65000 + uint32(this), PeerAS: 65000 + uint32(that), RouterID: netip.AddrFrom4([4]byte{this, this, this, this}),
			HoldTime: 180 * time.Second, Families: codec.FamilySet{codec.IPv4Unicast},
		}}
	}
	return p
}

func pairRoot(t *testing.T, p Pair) *pair {
	t.Helper()
	n, err := NewPair(p)
	require.NoError(t, err)
	return n.(*pair)
}

// The numbers are those of the moves: one that changes means that a move, a
// message or a state came or went.
func TestCollisionsLeaveOneConnectionInEveryOrder(t *testing.T) {
	equal, passive := twoSpeakers(2, 0, 0), twoSpeakers(2, 1, 0)
	for i := range equal.Configs { // AS numbers decide
		equal.Configs[i].Neighbors[0].RouterID = netip.AddrFrom4([4]byte{1, 1, 1, 1})
	}
	passive.Configs[0].Neighbors[0].Passive = true
	for _, c := range []struct {
		name          string
		pair          Pair
		states        int
		interleavings string
	}{
		{"two connections", twoSpeakers(1, 0, 0), 393, "41088"},
		{"no fault", twoSpeakers(2, 0, 0), 599, "174928"},
		{"four connections, one reset", twoSpeakers(2, 1, 0), 49635, "40611442712"},
		{"four connections, one timer", twoSpeakers(2, 0, 1), 32837, "3954812200"},
		{"equal identifiers", equal, 599, "174928"},
		{"one dials", passive, 422, "66018"},
	} {
		x := sim.Explore(pairRoot(t, c.pair), sim.Limits{})
		require.NoError(t, x.Err, "%s:\n%s", c.name, strings.Join(x.Path, "\n"))
		require.True(t, x.Exhausted, c.name)
		require.Equal(t, c.states, x.States, c.name)
		require.Equal(t, c.interleavings, x.Interleavings.String(), c.name)
	}
}

// visit calls f for every state that can be reached.
func visit(t *testing.T, root *pair, f func(*pair)) {
	seen := map[string]bool{}
	for todo := []*pair{root}; len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		key := string(n.AppendState(nil))
		if seen[key] {
			continue
		}
		seen[key] = true
		f(n)
		for i := range n.Moves() {
			require.NotEmpty(t, n.Describe(i))
			next, err := n.Apply(i)
			require.NoError(t, err)
			require.Equal(t, key, string(n.AppendState(nil)), "%s changed the state that it left", n.Describe(i))
			todo = append(todo, next.(*pair))
		}
	}
}

// A search that never comes to what it is about proves nothing.
func TestPairsComeToWhatTheyAreAbout(t *testing.T) {
	// Without a fault no end needs a second dial while the other one does too.
	var four, again, replaced, rest int
	visit(t, pairRoot(t, twoSpeakers(2, 1, 0)), func(n *pair) {
		if n.dials == [2]int{2, 2} {
			four++
		}
		for i := range n.links {
			for e := range n.links[i].ends {
				k := n.links[i].ends[e].kept
				if k >= 0 && n.links[i].nth == 1 && n.links[k].nth == 1 && n.links[i].dialer != n.links[k].dialer {
					again++
				}
				if k >= 0 && n.links[i].to[1-e].closed && n.links[i].ends[1-e].established() {
					replaced++
				}
			}
		}
		if n.settled() && n.resets == 0 {
			rest++
			require.Zero(t, n.Moves(), "at rest without a fault to come: this is the end")
		}
	})
	t.Log(four, again, replaced, rest)
	require.NotZero(t, four, "all four connections were dialled")
	require.NotZero(t, again, "the third and the fourth collided")
	require.NotZero(t, replaced, "a session that was up at one end lost")
	require.NotZero(t, rest)
}

func TestPairStatesThatAreEqualHaveEqualFutures(t *testing.T) {
	p := twoSpeakers(1, 1, 0)
	p.Configs[0].Neighbors[0].Passive = true
	for _, p := range []Pair{twoSpeakers(1, 0, 0), p} {
		x := sim.Explore(pairRoot(t, p), sim.Limits{})
		require.Equal(t, int64(paths(t, pairRoot(t, p))), x.Interleavings.Int64())
	}
}

// deceived is a pair whose right end reads another identifier in the OPENs that
// come to it, and so compares with that: §6.8 inverted on one side.
type deceived struct{ *pair }

func (d deceived) Apply(i int) (sim.Node, error) {
	next, err := d.pair.Apply(i)
	if err != nil {
		return nil, err
	}
	n := next.(*pair)
	for i := range n.links {
		for k, msg := range n.links[i].to[1].messages {
			if codec.TypeOf(msg) == codec.MsgOpen {
				lie := bytes.Clone(msg)
				copy(lie[codec.HeaderLen+5:], []byte{9, 9, 9, 9})
				n.links[i].to[1].messages[k] = lie
			}
		}
	}
	return deceived{n}, nil
}

func TestAnEndThatComparesTheOtherWayRoundIsFound(t *testing.T) {
	x := sim.Explore(deceived{pairRoot(t, twoSpeakers(1, 0, 0))}, sim.Limits{})
	var v *check.Violation
	require.ErrorAs(t, x.Err, &v)
	require.Equal(t, check.CollideLoser, v.ID)
	require.Equal(t, "right", v.Node)
	require.Equal(t, "right receives on left's connection 1: OPEN as=65001 hold=180 id=9.9.9.9 caps=[mp(ipv4 unicast)]", x.Path[len(x.Path)-1])
}

func TestPairsThatCannotBeExploredAreRefused(t *testing.T) {
	for want, spoil := range map[string]func(p *Pair){
		"left: has 0 neighbors":     func(p *Pair) { p.Configs[0].Neighbors = nil },
		"dials: 0 of each speaker":  func(p *Pair) { p.Dials = 0 },
		"is not right":              func(p *Pair) { p.Configs[0].Neighbors[0].PeerAS = 1 },
		"local-as is missing":       func(p *Pair) { p.Configs[0].Neighbors[0].LocalAS = 0; p.Configs[1].Neighbors[0].PeerAS = 0 },
		"both speakers are passive": func(p *Pair) { p.Configs[0].Neighbors[0].Passive = true; p.Configs[1].Neighbors[0].Passive = true },
		"have one identifier and AS": func(p *Pair) {
			a, b := &p.Configs[0].Neighbors[0], &p.Configs[1].Neighbors[0]
			b.RouterID, b.LocalAS, b.PeerAS, a.PeerAS = a.RouterID, a.LocalAS, a.LocalAS, a.LocalAS
		},
	} {
		p := twoSpeakers(1, 0, 0)
		spoil(&p)
		_, err := NewPair(p)
		require.ErrorContains(t, err, want)
	}
}
