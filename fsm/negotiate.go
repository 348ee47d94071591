package fsm

import (
	"net/netip"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// Negotiated is what the two OPENs make of a session. It is immutable.
type Negotiated struct {
	PeerAS                        uint32
	PeerID                        netip.Addr
	Internal                      bool            // PeerAS == LocalAS
	HoldTime, KeepaliveTime       time.Duration   // 0: no timers (RFC 4271 §4.2)
	Families                      codec.FamilySet // of both ends, in the order of ours
	Send, Receive                 codec.Options   // encode with Send, decode with Receive
	RouteRefresh, EnhancedRefresh bool            // both ends
	PeerOpen                      *codec.Open
	LocalOpen                     *codec.Open
}

// Check validates an OPEN against the configuration and returns what it
// negotiates, or the OPEN Message Error that it deserves (RFC 4271 §6.2).
func (c *Config) Check(peer *codec.Open) (*Negotiated, *codec.Error) {
	as := uint32(peer.AS)
	if as4, ok := peer.AS4(); ok && as != 0 {
		as = as4
	}
	if err := c.refuse(peer, as); err != nil {
		return nil, err
	}
	local := &c.Open
	n := &Negotiated{
		PeerAS: as, PeerID: peer.ID, Internal: as == c.LocalAS,
		// "the smaller of its configured Hold Time and the Hold Time
		// received in the OPEN message" (RFC 4271 §4.2).
		HoldTime:        min(c.HoldTime, time.Duration(peer.HoldTime)*time.Second),
		Families:        intersect(local.Families(), peer.Families()),
		RouteRefresh:    refreshes(local) && refreshes(peer),
		EnhancedRefresh: local.Has(codec.CapEnhancedRefresh) && peer.Has(codec.CapEnhancedRefresh),
		PeerOpen:        peer,
		LocalOpen:       local,
	}
	if n.HoldTime > 0 {
		n.KeepaliveTime = max(minKeepalive, n.HoldTime/3)
	}
	_, ours := local.AS4()
	_, theirs := peer.AS4()
	base := codec.Options{AS4: ours && theirs, IBGP: n.Internal, ReachLast: c.ReachLast, ExtendedNextHop: nextHops(n.Families, local, peer)}
	n.Send, n.Receive = base, base
	// RFC 9774 §3; ExaBGP takes an AS_SET.
	n.Receive.NoASSet = !c.ReachLast
	// A speaker may send extended messages only to a peer that announced them
	// and must take them once it announced them itself (RFC 8654 §4).
	if local.Has(codec.CapExtendedMessage) {
		n.Receive.MaxLen = codec.MaxExtendedLen
		if peer.Has(codec.CapExtendedMessage) {
			n.Send.MaxLen = codec.MaxExtendedLen
		}
	}
	n.Send.AddPath = addPaths(n.Families, local, peer)
	n.Receive.AddPath = addPaths(n.Families, peer, local)
	return n, nil
}

// refuse is RFC 4271 §6.2, with RFC 6286 §2.2, RFC 7607 §2 and RFC 5492 §5.
func (c *Config) refuse(peer *codec.Open, as uint32) *codec.Error {
	bad := func(sub uint8, why string, data ...byte) *codec.Error {
		return &codec.Error{Code: codec.CodeOpen, Subcode: sub, Data: data, Treat: codec.TreatReset, Why: why}
	}
	switch {
	case peer.Version != 4:
		return bad(codec.SubUnsupportedVersion, "version is not 4", 0, 4)
	case as == 0 || c.PeerAS != 0 && as != c.PeerAS:
		return bad(codec.SubBadPeerAS, "not the configured AS")
	case !peer.ID.Is4() || peer.ID.IsUnspecified():
		return bad(codec.SubBadIdentifier, "BGP identifier is zero")
	case peer.ID == c.LocalID && as == c.LocalAS:
		return bad(codec.SubBadIdentifier, "an internal peer with our own BGP identifier")
	case peer.HoldTime == 1 || peer.HoldTime == 2:
		return bad(codec.SubUnacceptableHoldTime, "hold time of one or two seconds")
	}
	var missing []byte
	for _, code := range c.RequiredCaps {
		if !peer.Has(code) {
			missing = c.appendCap(missing, code)
		}
	}
	if missing != nil {
		return bad(codec.SubUnsupportedCapability, "a required capability is missing", missing...)
	}
	return nil
}

// appendCap encodes our capabilities of a code as in the OPEN.
func (c *Config) appendCap(b []byte, code codec.CapCode) []byte {
	start := len(b)
	for _, x := range c.Open.Caps {
		if x.Code == code && len(x.Value) <= 255 {
			b = append(append(b, byte(code), byte(len(x.Value))), x.Value...)
		}
	}
	if len(b) == start {
		b = append(b, byte(code), 0)
	}
	return b
}

func refreshes(o *codec.Open) bool {
	return o.Has(codec.CapRouteRefresh) || o.Has(codec.CapRouteRefreshCisco)
}

func intersect(ours, theirs codec.FamilySet) codec.FamilySet {
	var out codec.FamilySet
	for _, f := range ours {
		if theirs.Has(f) {
			out = append(out, f)
		}
	}
	return out
}

// addPaths is the families that from can send with path identifiers and to can
// receive so (RFC 7911 §4).
func addPaths(families codec.FamilySet, from, to *codec.Open) codec.FamilySet {
	can := func(o *codec.Open, f codec.Family, mode codec.AddPathMode) bool {
		return slices.ContainsFunc(o.AddPath(), func(x codec.AddPathFamily) bool { return x.Family == f && x.Mode&mode != 0 })
	}
	var out codec.FamilySet
	for _, f := range families {
		if can(from, f, codec.AddPathSend) && can(to, f, codec.AddPathReceive) {
			out = append(out, f)
		}
	}
	return out
}

// nextHops is the families for which both ends take a next hop of the other
// address family: RFC 8950 §4 has IPv6 for IPv4, and ExaBGP the converse too.
func nextHops(families codec.FamilySet, local, peer *codec.Open) codec.FamilySet {
	var out codec.FamilySet
	for _, f := range families {
		e := codec.NextHopFamily{Family: f, NextHop: codec.AFIIPv6}
		if f.AFI() == codec.AFIIPv6 {
			e.NextHop = codec.AFIIPv4
		}
		if slices.Contains(local.ExtendedNextHop(), e) && slices.Contains(peer.ExtendedNextHop(), e) {
			out = append(out, f)
		}
	}
	return out
}
