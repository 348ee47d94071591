package check

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/peerloom/peerloom/codec"
)

// compareParsed names what a parsed message should have said, by its octets.
func (h *Hearing) compareParsed(t *Told, e *spoken) string {
	n, b := e.Neighbor, t.Message[19:]
	switch kindOf(t.Message) {
	case codec.MsgOpen:
		want, ok := openSaid(t.Message)
		if ok && (n.Open == nil || *n.Open != want) {
			return fmt.Sprintf("with %+v", want)
		}
	case codec.MsgNotification:
		if len(b) < 2 {
			return "" // there is nothing to say of it
		}
		if x := n.Notification; x == nil || x.Code != int(b[0]) || x.Subcode != int(b[1]) ||
			len(b) > 2 && !strings.EqualFold(x.Data, fmt.Sprintf("0x%X", b[2:])) {
			return fmt.Sprintf("with code %d, subcode %d, data %x", b[0], b[1], b[2:])
		}
		if !shutdownSaid(b, n.Notification.Message) {
			return fmt.Sprintf("with the shutdown communication of %x", b[2:])
		}
	case codec.MsgRouteRefresh:
		if len(b) != 4 || b[2] > 2 {
			return ""
		}
		words := [...]string{"query", "begin", "end"}
		if x := n.Refresh; x == nil || x.Subtype != words[b[2]] || wordAFI[be16(b)] != "" && x.AFI != wordAFI[be16(b)] {
			return "with subtype " + words[b[2]] + " of " + wordAFI[be16(b)]
		}
	case codec.MsgUpdate:
		if n.Message == nil || n.Message.Update == nil {
			return "with an update"
		}
		return h.compareUpdate(t, n.Message.Update)
	}
	return ""
}

// wordAFI are the address families whose word the RFCs leave no doubt about.
var wordAFI = map[int]string{1: "ipv4", 2: "ipv6", 25: "l2vpn"}

// openSaid is what an OPEN says of the speaker, its AS number by the 4-octet AS
// capability (RFC 4271 §4.2, RFC 6793 §3); false: it can't be read.
func openSaid(msg []byte) (spokenOpen, bool) {
	b := msg[19:]
	if len(b) < 10 {
		return spokenOpen{}, false
	}
	o, wrong := readOpen(b)
	if wrong != nil || o.wrong != nil {
		return spokenOpen{}, false
	}
	return spokenOpen{Version: int(b[0]), ASN: o.as, HoldTime: int(o.hold), RouterID: netip.AddrFrom4(o.id).String()}, true
}

// spokenUpdate is an UPDATE as JSON: families, below them next hops, below them
// routes; those withdrawn have no next hop.
type spokenUpdate struct {
	Attribute map[string]json.RawMessage
	Announce  map[string]map[string][]json.RawMessage
	Withdraw  map[string][]json.RawMessage
}

// plainFamilies are those whose routes are compared one by one; of the others the
// number is.
var plainFamilies = map[codec.Family]string{codec.IPv4Unicast: "ipv4 unicast", codec.IPv6Unicast: "ipv6 unicast"}

// strange reports whether the UPDATE has routes of a family that was not negotiated.
func (t *Told) strange(r *reader) bool {
	other := func(n codec.NLRI) bool { return !t.Families.Has(n.Family) }
	return slices.ContainsFunc(r.announced, other) || slices.ContainsFunc(r.withdrawn, other)
}

func (h *Hearing) compareUpdate(t *Told, u *spokenUpdate) string {
	r := &h.reader
	if t.Options == nil {
		return ""
	}
	r.update(t.Message, t.Options)
	switch {
	case r.why != "" || t.strange(r):
		return "" // what is left of it is for the receiver to say
	case r.end != 0:
		if len(u.Withdraw)+len(u.Attribute) > 0 || len(u.Announce) != 1 || !endSaid(r.end, u.Announce) {
			return "an End-of-RIB of " + familyText(r.end)
		}
		return ""
	}
	var said, gone []string
	for _, hops := range u.Announce { //order: they are looked up
		for _, routes := range hops { //order: they are looked up
			said = append(said, plainest(routes)...)
		}
	}
	for _, routes := range u.Withdraw { //order: they are looked up
		gone = append(gone, plainest(routes)...)
	}
	if what := sameRoutes("announced", r.announced, said, t.Options); what != "" {
		return what
	}
	if what := sameRoutes("withdrawn", r.withdrawn, gone, t.Options); what != "" {
		return what
	}
	if len(said) == 0 {
		return "" // of what is withdrawn nothing else is said
	}
	if what := h.compareHop(u); what != "" {
		return what
	}
	return compareAttributes(r, u.Attribute)
}

// plainest is each route's prefix and path identifier, as far as it has them.
func plainest(routes []json.RawMessage) []string {
	var out []string
	for _, raw := range routes {
		var n struct {
			NLRI any
			Path string `json:"path-information"`
		}
		_ = json.Unmarshal(raw, &n) // what has another form counts all the same
		prefix, _ := n.NLRI.(string)
		out = append(out, prefix+" "+n.Path)
	}
	return out
}

func sameRoutes(what string, routes []codec.NLRI, said []string, o *codec.Options) string {
	if len(said) > len(routes) || len(said) < len(routes) && !slices.ContainsFunc(routes, mayBeDropped) {
		return fmt.Sprintf("%d routes %s", len(routes), what)
	}
	for _, n := range routes {
		if _, plain := plainFamilies[n.Family]; !plain {
			continue
		}
		path := ""
		if o.AddPath.Has(n.Family) {
			path = netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, n.PathID))).String()
		}
		if want := prefixOf(n).String() + " " + path; !slices.Contains(said, want) {
			return what + " " + want
		}
	}
	return ""
}

// mayBeDropped reports whether one route of the family may be malformed and ignored
// while the rest of its message counts, as in BGP-LS (RFC 9552 §8.2.2).
func mayBeDropped(n codec.NLRI) bool {
	f := wireFamily(n.Family)
	return f.afi > 2 || f.safi != 1 && f.safi != 2 && f.safi != 4 && f.safi != 128
}

// prefixOf is a plain route's prefix, from its length in bits and its octets.
func prefixOf(n codec.NLRI) netip.Prefix {
	var octets [16]byte
	copy(octets[:], n.Wire[1:])
	a := netip.AddrFrom16(octets)
	if n.Family == codec.IPv4Unicast {
		a = netip.AddrFrom4([4]byte(octets[:4]))
	}
	return netip.PrefixFrom(a, int(n.Wire[0]))
}

// compareHop holds the next hops of plain families against the octets, that of
// each field for its own routes.
func (h *Hearing) compareHop(u *spokenUpdate) string {
	r := &h.reader
	reached := len(r.announced) - r.classic // those of MP_REACH_NLRI come first
	if reached > 0 && r.classic > 0 && r.announced[0].Family == codec.IPv4Unicast {
		return "" // both fields have routes of one family
	}
	if reached > 0 {
		if what := u.hopOf(r.announced[0].Family, reached, r.hop); what != "" {
			return what
		}
	}
	if a := r.attr(uint8(codec.AttrNextHop)); a != nil && r.classic > 0 {
		return u.hopOf(codec.IPv4Unicast, r.classic, a.Value)
	}
	return ""
}

// hopOf names the next hop that so many routes of a plain family should have.
func (u *spokenUpdate) hopOf(f codec.Family, routes int, hop []byte) string {
	if len(hop) > 16 {
		hop = hop[:16] // the global one of two (RFC 2545 §3)
	}
	name, plain := plainFamilies[f]
	if a, ok := netip.AddrFromSlice(hop); ok && plain && len(u.Announce[name][a.String()]) != routes {
		return "next hop " + a.String() + " of " + name
	}
	return ""
}

// compareAttributes holds the attributes that every UPDATE may have against their
// octets.
func compareAttributes(r *reader, said map[string]json.RawMessage) string {
	origin := ""
	if a := r.attr(1); a != nil {
		origin = [...]string{`"igp"`, `"egp"`, `"incomplete"`}[min(int(a.Value[0]), 2)]
	}
	for _, x := range []struct{ name, want string }{
		{"origin", origin}, {"med", decimal(r.attr(4))}, {"local-preference", decimal(r.attr(5))},
	} {
		if string(said[x.name]) != x.want {
			return x.name + " " + x.want
		}
	}
	return ""
}

func decimal(a *codec.Attr) string {
	if a == nil || len(a.Value) != 4 {
		return ""
	}
	return fmt.Sprint(binary.BigEndian.Uint32(a.Value))
}
