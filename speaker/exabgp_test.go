package speaker

import (
	"net/netip"
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
		require.Equal(t, row.multi, sel.Matches(&multi), row.name)
		require.Equal(t, row.single, sel.Matches(&single), row.name)
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
