package suite

import (
	"fmt"
	"slices"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/world"
)

// Names of the two ends.
const (
	speakerName = "dut"
	peerName    = "peer"
)

// play makes of the rules what the peer and the network do, and when, and what
// must come.
func (r *reader) play() error {
	c := r.c
	if len(c.configs) == 0 || len(r.rules) == 0 {
		return fmt.Errorf("%s: it names no configuration file or expects nothing", c.Name)
	}
	if n := len(c.configs[0].Neighbors); n != 1 {
		return fmt.Errorf("%s: %d neighbors: %w", c.Name, n, ErrUnfit)
	}
	c.peer.Address = c.configs[0].Neighbors[0].PeerAddress
	if r.defaultR {
		c.peer.Greet = append(c.peer.Greet, defaultRoute())
	}
	slices.SortStableFunc(r.rules, func(a, b rule) int {
		if a.letter != b.letter {
			return int(a.letter) - int(b.letter)
		}
		return a.number - b.number
	})
	told := 0 // UPDATE and ROUTE-REFRESH so far
	for _, u := range r.rules {
		switch u.kind {
		case "raw":
			if t := codec.TypeOf(u.raw); t == codec.MsgUpdate || t == codec.MsgRouteRefresh {
				told++
			}
			c.expect(&u)
		case "notification":
			c.notify(u.text, told)
		default:
			c.reload(told)
		}
	}
	return nil
}

// expect adds the message of a rule to its group.
func (c *Case) expect(u *rule) {
	label := fmt.Sprintf("%c%d", u.letter, u.number)
	if k := len(c.Groups); k == 0 || c.Groups[k-1].Label != label {
		c.Groups = append(c.Groups, Group{Label: label})
	}
	g := &c.Groups[len(c.Groups)-1]
	g.Messages = append(g.Messages, u.raw)
}

// notify has the peer send a Cease after so many messages.
func (c *Case) notify(text string, told int) {
	if told == 0 { // with its KEEPALIVE
		c.peer.Greet = append(c.peer.Greet, codec.AppendNotification(nil, codec.Shutdown(administrativeShutdown, text)))
		return
	}
	c.peer.Script = append(c.peer.Script,
		world.Step{Kind: world.WaitMessages, N: told},
		world.Step{Kind: world.Notify, N: administrativeShutdown, Text: text})
}

const administrativeShutdown = 2 // of Cease (RFC 4486 §3)

// reload has the speaker read its next configuration after so many messages.
func (c *Case) reload(told int) {
	wait := world.Step{Kind: world.WaitMessages, N: told, A: peerName}
	if told == 0 {
		wait = world.Step{Kind: world.WaitEstablished}
	}
	c.network = append(c.network, wait, world.Step{Kind: world.Strike, Fault: world.FaultReload, A: speakerName})
}

// defaultRoute is 0.0.0.0/32 by 127.0.0.1 with LOCAL_PREF 100, as ExaBGP's test
// peer announces it.
func defaultRoute() []byte {
	b, err := message("0031 02 0000 0015 400101 00 400200 400304 7F000001 400504 00000064 20 00000000")
	if err != nil {
		panic("suite: default route: " + err.Error())
	}
	return b
}
