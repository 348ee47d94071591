package fsm

import (
	"net/netip"
	"testing"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/stretchr/testify/require"
)

// §6.2, RFC 6286 §2.2, RFC 6793 §4.2.2, RFC 7607 §2 and RFC 5492 §5, through
// Check and through the session.
func TestSection6_2OpenErrors(t *testing.T) {
	id := netip.MustParseAddr
	ours := id("10.0.0.1")
	for _, x := range []struct {
		says string
		tune func(*Config, *codec.Open)
		note string // "" where it is accepted
		data []byte
	}{
		{"an acceptable OPEN", func(*Config, *codec.Open) {}, "", nil},
		{"version not supported: 2/1 with the largest locally supported version", func(_ *Config, o *codec.Open) { o.Version = 3 }, "2/1", []byte{0, 4}},
		{"AS unacceptable: 2/2", func(_ *Config, o *codec.Open) { o.AS = 3 }, "2/2", nil},
		{"AS 0: 2/2 (RFC 7607)", func(c *Config, o *codec.Open) { c.PeerAS, o.AS = 0, 0 }, "2/2", nil},
		{"AS 0 in the 4-octet capability: 2/2 (RFC 7607)", func(c *Config, o *codec.Open) { c.PeerAS, o.Caps = 0, []codec.Capability{codec.AS4Cap(0)} }, "2/2", nil},
		{"AS 0 in the AS field beside a capability: 2/2", func(_ *Config, o *codec.Open) { o.AS, o.Caps = 0, []codec.Capability{codec.AS4Cap(2)} }, "2/2", nil},
		{"the capability counts, not AS_TRANS", func(c *Config, o *codec.Open) {
			c.PeerAS, o.AS, o.Caps = 70000, codec.ASTrans, []codec.Capability{codec.AS4Cap(70000)}
		}, "", nil},
		{"AS_TRANS without it is another AS", func(c *Config, o *codec.Open) { c.PeerAS, o.AS = 70000, codec.ASTrans }, "2/2", nil},
		{"any AS where none is configured", func(c *Config, o *codec.Open) { c.PeerAS, o.AS = 0, 3 }, "", nil},
		{"identifier 0: 2/3", func(_ *Config, o *codec.Open) { o.ID = id("0.0.0.0") }, "2/3", nil},
		{"no identifier: 2/3", func(_ *Config, o *codec.Open) { o.ID = netip.Addr{} }, "2/3", nil},
		{"our own identifier from an internal peer: 2/3", func(c *Config, o *codec.Open) { c.PeerAS, o.AS, o.ID = 1, 1, ours }, "2/3", nil},
		{"our own identifier from an external peer", func(_ *Config, o *codec.Open) { o.ID = ours }, "", nil},
		{"an identifier that is no unicast address is none of our business (RFC 6286 §2.1)", func(_ *Config, o *codec.Open) { o.ID = id("224.0.0.1") }, "", nil},
		{"hold time of one second MUST be rejected: 2/6", func(_ *Config, o *codec.Open) { o.HoldTime = 1 }, "2/6", nil},
		{"hold time of two seconds MUST be rejected: 2/6", func(_ *Config, o *codec.Open) { o.HoldTime = 2 }, "2/6", nil},
		{"hold time of three seconds", func(_ *Config, o *codec.Open) { o.HoldTime = 3 }, "", nil},
		{"a required capability missing: 2/7 lists it (RFC 5492 §5)", func(c *Config, _ *codec.Open) {
			c.RequiredCaps = []codec.CapCode{codec.CapRouteRefresh, codec.CapAS4}
			c.Open.Caps = []codec.Capability{codec.AS4Cap(1)}
		}, "2/7", []byte{2, 0, 65, 4, 0, 0, 0, 1}},
		{"a required capability there", func(c *Config, o *codec.Open) {
			c.RequiredCaps, o.Caps = []codec.CapCode{codec.CapAS4}, []codec.Capability{codec.AS4Cap(2)}
		}, "", nil},
	} {
		c, o := config(), peerOpen(30)
		x.tune(&c, o)
		n, err := c.Check(o)
		require.Equal(t, x.note == "", err == nil, "%s: %v", x.says, err)
		require.Equal(t, err == nil, n != nil, x.says)
		for _, event := range []Event{BGPOpen, BGPOpenWithDelayOpenTimerRunning} {
			s := in(c, OpenSent, 9)
			out := s.Step(t0, Input{Event: event, Open: o}, nil)
			acts, note := spell(out)
			require.Equal(t, x.note, note, x.says)
			if x.note == "" {
				require.Equal(t, OpenConfirm, s.State(), x.says)
				continue
			}
			require.Equal(t, "note close down", acts, x.says)
			require.Equal(t, Idle, s.State(), x.says)
			require.Equal(t, x.data, out[0].Notification.Data, x.says)
		}
	}
}

// §6.2, 2/4: a decoder finds it, and the session passes its NOTIFICATION on; so
// with every other error that comes decoded. §6.4: none for a NOTIFICATION's own.
func TestSection6DecodedErrors(t *testing.T) {
	given := &codec.Error{Code: codec.CodeOpen, Subcode: codec.SubUnsupportedParameter, Data: []byte{9}}
	for e, states := range map[Event][]State{
		BGPHeaderErr: {OpenSent, OpenConfirm, Established}, BGPOpenMsgErr: {OpenSent, OpenConfirm}, UpdateMsgErr: {Established},
	} {
		for _, st := range states {
			s := in(config(), st, 9)
			out := s.Step(t0, Input{Event: e, Err: given}, nil)
			require.Equal(t, codec.Notification{Code: codec.CodeOpen, Subcode: codec.SubUnsupportedParameter, Data: []byte{9}}, out[0].Notification, "%s in %s", e, st)
			require.Equal(t, DownSent, out[len(out)-1].Reason.Cause)

			s = in(config(), st, 9)
			out = s.Step(t0, Input{Event: e, Err: &codec.Error{Code: codec.CodeHeader, Subcode: codec.SubBadMessageLength, NoReply: true}}, nil)
			acts, _ := spell(out)
			require.Equal(t, "close down", acts, "§6.4: an error in a NOTIFICATION is not answered with one: %s in %s", e, st)
			require.Equal(t, DownProtocol, out[len(out)-1].Reason.Cause)
			require.Equal(t, 1, s.Retries())
		}
	}
}

// §6.7, RFC 4486 and RFC 9003: what stops a session may say why.
func TestSection6_7Cease(t *testing.T) {
	why := codec.Shutdown(codec.CeaseReset, "maintenance")
	for _, e := range []Event{ManualStop, AutomaticStop, OpenCollisionDump} {
		for _, st := range []State{OpenSent, OpenConfirm, Established} {
			out := in(config(), st, 9).Step(t0, Input{Event: e, Stop: why}, nil)
			require.Equal(t, why, out[0].Notification, "%s in %s", e, st)
		}
	}
}

// §4.2, RFC 4760, 2918, 6793, 7313, 7911, 8654 and 8950: what two OPENs make.
func TestNegotiation(t *testing.T) {
	v4, v6, m4 := codec.IPv4Unicast, codec.IPv6Unicast, codec.IPv4Multicast
	mp := codec.MultiprotocolCap
	add := func(f codec.Family, m codec.AddPathMode) codec.Capability {
		return codec.AddPathCap(codec.AddPathFamily{Family: f, Mode: m})
	}
	nh := func(f ...codec.Family) codec.Capability {
		var e []codec.NextHopFamily
		for _, f := range f {
			e = append(e, codec.NextHopFamily{Family: f, NextHop: 2})
		}
		return codec.ExtendedNextHopCap(e...)
	}
	negotiate := func(ours, theirs []codec.Capability) *Negotiated {
		c, o := config(), peerOpen(30)
		c.Open.Caps, o.Caps = ours, theirs
		n, err := c.Check(o)
		require.Nil(t, err)
		return n
	}
	type caps = []codec.Capability
	n := negotiate(nil, nil)
	require.Equal(t, codec.FamilySet{v4}, n.Families, "RFC 4760 §8: no capability means IPv4 unicast")
	require.False(t, n.RouteRefresh || n.EnhancedRefresh || n.Send.AS4 || n.Receive.AS4)
	require.Equal(t, codec.MaxLen, n.Send.Max())
	require.Equal(t, codec.MaxLen, n.Receive.Max())

	require.Equal(t, codec.FamilySet{v4, v6}, negotiate(caps{mp(v4), mp(v6), mp(m4)}, caps{mp(v6), mp(v4)}).Families)
	require.Empty(t, negotiate(caps{mp(v6)}, nil).Families)

	for _, x := range []struct {
		ours, theirs caps
		plain, whole bool
	}{
		{caps{codec.RouteRefreshCap()}, caps{codec.RouteRefreshCap()}, true, false},
		{caps{codec.RouteRefreshCiscoCap()}, caps{codec.RouteRefreshCap()}, true, false},
		{caps{codec.RouteRefreshCap()}, caps{codec.RouteRefreshCiscoCap()}, true, false},
		{caps{codec.RouteRefreshCap()}, nil, false, false},
		{nil, caps{codec.RouteRefreshCap(), codec.EnhancedRefreshCap()}, false, false},
		{caps{codec.RouteRefreshCap(), codec.EnhancedRefreshCap()}, caps{codec.RouteRefreshCap()}, true, false},
		{caps{codec.RouteRefreshCap(), codec.EnhancedRefreshCap()}, caps{codec.RouteRefreshCap(), codec.EnhancedRefreshCap()}, true, true},
	} {
		n = negotiate(x.ours, x.theirs)
		require.Equal(t, x.plain, n.RouteRefresh, "%v %v", x.ours, x.theirs)
		require.Equal(t, x.whole, n.EnhancedRefresh, "%v %v", x.ours, x.theirs)
	}

	for _, x := range []struct {
		ours, theirs codec.AddPathMode
		send, take   bool
	}{{1, 1, false, false}, {1, 2, false, true}, {2, 1, true, false}, {2, 2, false, false}, {3, 3, true, true}, {3, 1, true, false}, {3, 2, false, true}} {
		n = negotiate(caps{add(v4, x.ours)}, caps{add(v4, x.theirs)})
		require.Equal(t, x.send, n.Send.AddPath.Has(v4), "RFC 7911 §4: our mode %d, theirs %d: sending", x.ours, x.theirs)
		require.Equal(t, x.take, n.Receive.AddPath.Has(v4), "RFC 7911 §4: our mode %d, theirs %d: receiving", x.ours, x.theirs)
	}
	n = negotiate(caps{mp(v4), add(v6, 3)}, caps{mp(v4), add(v6, 3)})
	require.Empty(t, n.Send.AddPath, "a family that is not negotiated has no paths")

	ext := codec.ExtendedMessageCap()
	for _, x := range []struct {
		ours, theirs caps
		send, take   int
	}{{caps{ext}, caps{ext}, codec.MaxExtendedLen, codec.MaxExtendedLen}, {caps{ext}, nil, codec.MaxLen, codec.MaxExtendedLen}, {nil, caps{ext}, codec.MaxLen, codec.MaxLen}} {
		n = negotiate(x.ours, x.theirs)
		require.Equal(t, x.send, n.Send.Max(), "RFC 8654 §4: %v %v", x.ours, x.theirs)
		require.Equal(t, x.take, n.Receive.Max(), "RFC 8654 §4: %v %v", x.ours, x.theirs)
	}

	n = negotiate(caps{mp(v4), mp(m4), nh(v4, m4)}, caps{mp(v4), mp(m4), nh(v4)})
	require.Equal(t, codec.FamilySet{v4}, n.Send.ExtendedNextHop, "RFC 8950 §4: both ends")
	require.Equal(t, codec.FamilySet{v4}, n.Receive.ExtendedNextHop)

	as4 := codec.AS4Cap(2)
	require.True(t, negotiate(caps{codec.AS4Cap(1)}, caps{as4}).Send.AS4)
	require.False(t, negotiate(caps{codec.AS4Cap(1)}, nil).Send.AS4, "RFC 6793 §4.1: an old speaker")
	require.False(t, negotiate(nil, caps{as4}).Receive.AS4)
}

// §4.2 and §4.4: the smaller hold time; a third of it between KEEPALIVEs, but
// not under a second; zero for both.
func TestHoldTimeNegotiation(t *testing.T) {
	for _, x := range []struct {
		ours      time.Duration
		theirs    uint16
		hold, ivl time.Duration
	}{{90, 30, 30, 10}, {30, 90, 30, 10}, {9, 9, 9, 3}, {3, 180, 3, 1}, {0, 90, 0, 0}, {90, 0, 0, 0}, {0, 0, 0, 0}, {65535, 65535, 65535, 21845}} {
		c := config()
		c.HoldTime = x.ours * time.Second
		n, err := c.Check(peerOpen(x.theirs))
		require.Nil(t, err)
		require.Equal(t, x.hold*time.Second, n.HoldTime, "%v", x)
		require.Equal(t, x.ivl*time.Second, n.KeepaliveTime, "%v", x)
	}
}

func TestNegotiatedIdentity(t *testing.T) {
	c, o := config(), peerOpen(30)
	n, _ := c.Check(o)
	require.Equal(t, [...]any{uint32(2), o.ID, false, false}, [...]any{n.PeerAS, n.PeerID, n.Internal, n.Send.IBGP})
	require.Same(t, o, n.PeerOpen)
	require.Same(t, &c.Open, n.LocalOpen)
	c.PeerAS, o.AS = 1, 1
	n, _ = c.Check(o)
	require.True(t, n.Internal && n.Send.IBGP && n.Receive.IBGP, "§8.2.2: the AS is the same as the local one: internal")
}

// §6.8: before its OPEN a connection cannot collide; from then on the higher
// identifier's connection stays.
func TestSection6_8(t *testing.T) {
	low, high := netip.MustParseAddr("10.0.0.5"), netip.MustParseAddr("10.0.0.9")
	for other := range nStates {
		for _, incoming := range []bool{false, true} {
			for _, x := range []struct {
				us, peer     netip.Addr
				as, peerAS   uint32
				keepIncoming bool
			}{{low, high, 1, 2, true}, {high, low, 1, 2, false}, {low, low, 1, 2, true}, {low, low, 2, 1, false}} {
				want := CloseThis
				switch {
				case other < OpenSent:
					want = NoCollision
				case incoming == x.keepIncoming:
					want = CloseOther
				}
				require.Equal(t, want, Collide(x.us, x.as, x.peer, x.peerAS, incoming, other), "%v, incoming %t, other in %s", x, incoming, other)
			}
			if other >= OpenSent {
				require.Equal(t, CloseThis, Collide(low, 1, low, 1, incoming, other), "equal in both is no peer of ours")
			}
		}
	}
}
