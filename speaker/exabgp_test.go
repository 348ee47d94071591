package speaker

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// unknownType is a message of type 255.
func unknownType() []byte {
	msg := codec.AppendKeepalive(nil)
	msg[18] = 255
	return msg
}

func TestUnknownMessageTypeIsAnsweredAsTheModeSays(t *testing.T) {
	for _, row := range []struct {
		exabgp bool
		want   codec.Notification
	}{
		{true, codec.Notification{Code: codec.CodeHeader, Data: []byte(`can not decode update message of type "255"`)}},
		{false, codec.Notification{Code: codec.CodeHeader, Subcode: codec.SubBadMessageType, Data: []byte{255}}},
	} {
		r := newRig(t, neighbor(nil))
		r.s.config.ExaBGP = row.exabgp
		conn := r.up()
		r.step(Input{Kind: InReceived, Conn: conn, Data: unknownType()})
		got, err := codec.DecodeNotification(r.find(ActSend).Data)
		require.Nil(t, err)
		require.Equal(t, row.want, got)
	}
}

func TestDraftCapabilitiesAreOfferedInExaBGPsOrder(t *testing.T) {
	r := newRig(t, neighbor(func(n *Neighbor) {
		n.Caps = Capabilities{MultiSession: true, Operational: true, LinkLocalNextHop: true, SoftwareVersion: true, RouteRefresh: true}
	}))
	r.up()
	var codes []codec.CapCode
	for _, c := range r.open.Caps {
		codes = append(codes, c.Code)
	}
	require.Equal(t, []codec.CapCode{1, 2, 70, 185, 75, 77, 68}, codes)
	require.Equal(t, []byte{0, 1}, r.open.Caps[6].Value, "sessions are told apart by Multiprotocol")
}

func TestFamilyAllowedNamesTheFamiliesOfAMultiSessionNeighbor(t *testing.T) {
	multi := neighbor(func(n *Neighbor) {
		n.Caps.MultiSession, n.Families = true, codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast}
	})
	single := neighbor(nil)
	for _, row := range []struct {
		name          string
		multi, single bool
	}{{"in-open", false, true}, {"ipv4-unicast/ipv6-unicast", true, false}, {"ipv4-unicast", false, false}} {
		sel := Selector{FamilyAllowed: row.name}
		require.Equal(t, row.multi, sel.matches(&multi), row.name)
		require.Equal(t, row.single, sel.matches(&single), row.name)
	}
}

func TestLinkLocalNextHopGoesBesideAGlobalOne(t *testing.T) {
	v6 := func(nh string) Route {
		return Route{NLRI: codec.PrefixNLRI(codec.IPv6Unicast, netip.MustParsePrefix("2001:db8::/32"), 0),
			Attrs: codec.Attrs{codec.NextHop(netip.MustParseAddr(nh))}}
	}
	for _, row := range []struct {
		name, nextHop string
		offered       bool
		want          int
	}{
		{"negotiated", "2001:db8::1", true, 32},
		{"not offered", "2001:db8::1", false, 16},
		{"a link-local next hop stands alone", "fe80::2", true, 16},
	} {
		r := newRig(t, neighbor(func(n *Neighbor) {
			n.Families, n.LinkLocal = codec.FamilySet{codec.IPv6Unicast}, netip.MustParseAddr("fe80::1")
			n.Caps.LinkLocalNextHop = row.offered
			n.Routes = []Route{v6(row.nextHop)}
		}))
		conn := r.up()
		msg, _ := r.s.Pull(r.now, conn, nil, nil)
		var d codec.Decoder
		u := d.Update(msg, &codec.Options{AS4: true, IBGP: true})
		nh, ok := u.ReachAttrs().Get(codec.AttrNextHop)
		require.True(t, ok)
		require.Len(t, nh.Value, row.want, row.name)
	}
}

func TestOperationalIsAnEventWhereItWasNegotiated(t *testing.T) {
	msg := append(codec.AppendKeepalive(nil), 0, 1, 0, 3, 0, 1, 1)
	msg[17], msg[18] = byte(len(msg)), byte(codec.MsgOperational)
	for _, negotiated := range []bool{true, false} {
		r := newRig(t, neighbor(func(n *Neighbor) {
			n.Caps.Operational = negotiated
			n.API[0].Receive = Subscription{Packets: true, Operational: true}
		}))
		conn := r.up()
		r.step(Input{Kind: InReceived, Conn: conn, Data: msg})
		require.NotNil(t, r.find(ActEvent))
		require.Equal(t, negotiated, r.find(ActClose) == nil, "negotiated: %t", negotiated)
		if !negotiated {
			require.Contains(t, string(r.find(ActSend).Data), `message of type "6"`)
		}
	}
}

func TestSecondConnectionWhileEstablishedIsACollision(t *testing.T) {
	r := newRig(t, neighbor(nil))
	first := r.up()
	open, e := codec.AppendOpen(nil, &r.open)
	require.NoError(t, e)
	conn := r.s.NextConn()
	r.step(Input{Kind: InAccepted, Conn: conn, Local: netip.AddrPortFrom(local, 179), Remote: netip.AddrPortFrom(local, 5000)})
	r.step(Input{Kind: InReceived, Conn: conn, Data: open})
	require.Contains(t, strings.Join(r.sent(), "\n"), "NOTIFICATION 6/7")
	require.True(t, r.s.conns[first] == nil && r.s.conns[conn] != nil, "the peer's identifier is higher: the connection that it opened stays")
}

func TestReloadReachesANeighborThatIsDown(t *testing.T) {
	n := neighbor(func(n *Neighbor) { n.Routes = []Route{route("10.1.0.0/16", "10.0.0.1")} })
	r := newRig(t, n)
	n.Routes = []Route{route("10.2.0.0/16", "10.0.0.1")}
	r.step(Input{Kind: InReload, Config: &Config{Neighbors: []Neighbor{n}}})
	require.Equal(t, []string{
		"UPDATE announce 10.2.0.0/16 next-hop 10.0.0.1 origin igp local-preference 100", "End-of-RIB ipv4 unicast",
	}, r.pull(r.up()))
}

// TestOperationalIsSent: what a client asks for, and what the configuration has
// once a session, with our identifier where none was given; nothing where the
// peer did not negotiate it.
func TestOperationalIsSent(t *testing.T) {
	ask := codec.Operational{Type: codec.OperationalRPCQ, Family: codec.IPv4Unicast, Sequence: 7}
	hello := codec.Operational{Type: codec.OperationalASM, Family: codec.IPv4Unicast, Advisory: "hello"}
	for _, negotiated := range []bool{true, false} {
		r := newRig(t, neighbor(func(n *Neighbor) {
			n.Caps.Operational, n.Operational = negotiated, []codec.Operational{hello}
		}))
		conn := r.up()
		r.batch(Command{Kind: CmdOperational, Operational: &ask})
		text := strings.Join(r.pull(conn), "\n")
		require.Equal(t, negotiated, strings.Contains(text, `OPERATIONAL asm afi ipv4 safi unicast advisory "hello"`), text)
		require.Equal(t, negotiated, strings.Contains(text, "OPERATIONAL rpcq afi ipv4 safi unicast router-id 1.2.3.4 sequence 7"), text)
	}
}

// TestRefreshWithFilters: filters are not taken, and the session stays. The
// routes are sent again where the peer wants them at once, and not where it
// does not or its lists run past the message.
func TestRefreshWithFilters(t *testing.T) {
	for orf, again := range map[string]bool{"\x01\x40\x00\x00": true, "\x02\x40\x00\x00": false, "\x01\x40\x00\x09": false, "\x01": false} {
		r := newRig(t, neighbor(func(n *Neighbor) { n.Caps.RouteRefresh = true }))
		conn := r.up()
		r.pull(conn)
		msg := codec.AppendRouteRefresh(nil, codec.RouteRefresh{Family: codec.IPv4Unicast, ORF: []byte(orf)})
		r.step(Input{Kind: InReceived, Conn: conn, Data: msg})
		require.Nil(t, r.find(ActClose))
		require.Equal(t, again, len(r.pull(conn)) > 0, "%q", orf)
	}
}
