package command

import (
	"strings"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// FamilyRow is what the text forms know of one address family. A family that
// routes can be written for has a Routes function; one without is known by
// name only, so that it can be refused by name.
type FamilyRow struct {
	Family    codec.Family
	AFI, SAFI string // its two words
	// Routes reads what follows the family's words (or "route"): NLRI and
	// attributes.
	Routes func(f codec.Family, words []string, need Need) ([]speaker.Route, *Problem)
}

// Supported reports whether routes of the family can be written.
func (r *FamilyRow) Supported() bool { return r.Routes != nil }

// families has one row a family, in the order in which a neighbor without a
// family block offers them. Rows without Routes name what is not there yet.
var families = [...]FamilyRow{
	{codec.IPv4Unicast, "ipv4", "unicast", prefixRoutes},
	{codec.IPv4Multicast, "ipv4", "multicast", prefixRoutes},
	{codec.IPv6Unicast, "ipv6", "unicast", prefixRoutes},
	{codec.IPv6Multicast, "ipv6", "multicast", prefixRoutes},

	{codec.IPv4Labeled, "ipv4", "nlri-mpls", prefixRoutes},
	{codec.IPv4Labeled, "ipv4", "labeled-unicast", prefixRoutes},
	{codec.IPv4VPN, "ipv4", "mpls-vpn", prefixRoutes},
	{codec.IPv4MVPN, "ipv4", "mcast-vpn", wordRoutes},
	{codec.IPv4Flow, "ipv4", "flow", flowRoutes},
	{codec.IPv4FlowVPN, "ipv4", "flow-vpn", flowRoutes},
	{codec.IPv4MUP, "ipv4", "mup", wordRoutes},
	{codec.IPv4SRPolicy, "ipv4", "sr-policy", policyRoutes},
	{codec.IPv4RTC, "ipv4", "rtc", wordRoutes},
	{codec.IPv6Labeled, "ipv6", "nlri-mpls", prefixRoutes},
	{codec.IPv6Labeled, "ipv6", "labeled-unicast", prefixRoutes},
	{codec.IPv6VPN, "ipv6", "mpls-vpn", prefixRoutes},
	{codec.IPv6MVPN, "ipv6", "mcast-vpn", wordRoutes},
	{codec.IPv6Flow, "ipv6", "flow", flowRoutes},
	{codec.IPv6FlowVPN, "ipv6", "flow-vpn", flowRoutes},
	{codec.IPv6MUP, "ipv6", "mup", wordRoutes},
	{codec.IPv6SRPolicy, "ipv6", "sr-policy", policyRoutes},
	{codec.L2VPNVPLS, "l2vpn", "vpls", wordRoutes},
	{codec.L2VPNEVPN, "l2vpn", "evpn", wordRoutes},
	{codec.BGPLS, "bgp-ls", "bgp-ls", wordRoutes},
	{codec.BGPLSVPN, "bgp-ls", "bgp-ls-vpn", wordRoutes},
}

// FamilyByName finds the row of a family by its two words.
func FamilyByName(afi, safi string) (FamilyRow, bool) {
	for _, r := range families {
		if r.AFI == afi && r.SAFI == safi {
			return r, true
		}
	}
	return FamilyRow{}, false
}

// AllFamilies lists the supported families, in the order in which they are
// offered.
func AllFamilies() codec.FamilySet {
	var out codec.FamilySet
	for _, r := range families {
		if r.Supported() && !out.Has(r.Family) { // one family may have two names
			out = append(out, r.Family)
		}
	}
	return out
}

// FamilyNames lists the supported families as "ipv4 unicast, …", for error
// texts. With an AFI's word it lists the SAFI words of that AFI.
func FamilyNames(afi string) string {
	var out []string
	for _, r := range families {
		switch {
		case !r.Supported():
		case afi == "":
			out = append(out, r.AFI+" "+r.SAFI)
		case afi == r.AFI:
			out = append(out, r.SAFI)
		}
	}
	return strings.Join(out, ", ")
}

// FamilyName is the text of f, "ipv4 unicast"; a family without words is
// "afi N safi N".
func FamilyName(f codec.Family) string {
	return string(AppendFamily(nil, f, ' '))
}

// AppendFamily appends the words of f with sep between them.
func AppendFamily(b []byte, f codec.Family, sep byte) []byte {
	for _, r := range families {
		if r.Family == f {
			b = append(b, r.AFI...)
			b = append(b, sep)
			return append(b, r.SAFI...)
		}
	}
	b = append(b, "afi"...)
	b = appendUint(b, uint64(f.AFI()))
	b = append(b, sep)
	b = append(b, "safi"...)
	return appendUint(b, uint64(f.SAFI()))
}
