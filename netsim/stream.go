package netsim

import (
	"fmt"
	"net/netip"

	"github.com/peerloom/peerloom/sim"
)

// way is from a dialing host to the host that it dials.
type way struct{ from, to netip.Addr }

// nth counts the dials of one way, so that a connection has a name that does
// not depend on those between other hosts.
func (n *Network) nth(from, to netip.Addr) int {
	w := way{from, to}
	n.dials[w]++
	return n.dials[w]
}

var streamNames = [...]string{kindDeliver: "deliver", kindTimeout: "timeout", kindNotify: "notify", kindResume: "resume"}

// Stream names the stream of an event, for a sim.Follower: what happens, and to
// which end of which connection: deliver:10.0.0.1-10.0.0.2.1a arrives from the
// end that dialed, on the first connection from 10.0.0.1 to 10.0.0.2.
func (n *Network) Stream(e sim.Event) string {
	if int(e.Kind) >= len(streamNames) {
		return fmt.Sprintf("kind%d", e.Kind)
	}
	name := streamNames[e.Kind]
	if e.Kind == kindResume {
		return name + ":" + n.hosts[e.A].addr.String()
	}
	cn := n.conn(Conn(e.A))
	if cn == nil {
		return name
	}
	return fmt.Sprintf("%s:%v-%v.%d%c", name, cn.ends[0].local.Addr(), cn.ends[1].local.Addr(), cn.nth, 'a'+rune(e.A&1))
}

var _ sim.Streamer = (*Network)(nil)
