package codec

import (
	"fmt"
	"strconv"
	"strings"
)

// AFI is an Address Family Identifier (IANA address-family-numbers).
type AFI uint16

// Address families (IANA address-family-numbers).
const (
	AFIIPv4  AFI = 1
	AFIIPv6  AFI = 2
	AFIL2VPN AFI = 25
)

// SAFI is a Subsequent Address Family Identifier (RFC 4760 §6).
type SAFI uint8

// Family is one AFI/SAFI pair. The zero Family is invalid.
type Family uint32

// Address families with a first-class NLRI form. Any other family is opaque
// but comparable, and round-trips.
const (
	IPv4Unicast   Family = 1<<16 | 1
	IPv4Multicast Family = 1<<16 | 2
	IPv6Unicast   Family = 2<<16 | 1
	IPv6Multicast Family = 2<<16 | 2

	IPv4Flow    Family = 1<<16 | 133 // RFC 8955
	IPv4FlowVPN Family = 1<<16 | 134
	IPv6Flow    Family = 2<<16 | 133 // RFC 8956
	IPv6FlowVPN Family = 2<<16 | 134

	L2VPNVPLS    Family = 25<<16 | 65 // RFC 4761
	IPv4SRPolicy Family = 1<<16 | 73  // RFC 9830
	IPv6SRPolicy Family = 2<<16 | 73
	L2VPNEVPN    Family = 25<<16 | 70 // RFC 7432
	IPv4RTC      Family = 1<<16 | 132 // RFC 4684

	BGPLS    Family = 16388<<16 | 71 // RFC 9552
	BGPLSVPN Family = 16388<<16 | 72

	IPv4Labeled Family = 1<<16 | 4 // RFC 8277
	IPv6Labeled Family = 2<<16 | 4
	IPv4VPN     Family = 1<<16 | 128 // RFC 4364
	IPv6VPN     Family = 2<<16 | 128 // RFC 4659
	IPv4MVPN    Family = 1<<16 | 5   // RFC 6514
	IPv6MVPN    Family = 2<<16 | 5
	IPv4MUP     Family = 1<<16 | 85 // draft-ietf-bess-mup-safi
	IPv6MUP     Family = 2<<16 | 85
)

// MakeFamily joins an AFI and a SAFI.
func MakeFamily(a AFI, s SAFI) Family { return Family(a)<<16 | Family(s) }

// AFI is the address family half of f.
func (f Family) AFI() AFI { return AFI(f >> 16) }

// SAFI is the subsequent address family half of f.
func (f Family) SAFI() SAFI { return SAFI(f) }

// code is one number with the name that configuration and events use for it.
type code struct {
	num  int
	name string
}

// afiCodes and safiCodes give the names of ExaBGP's vocabulary. The first name
// of a number is the one printed; the others are accepted as well.
var afiCodes = [...]code{
	{1, "ipv4"},
	{2, "ipv6"},
	{25, "l2vpn"},
	{16388, "bgp-ls"},
}

var safiCodes = [...]code{
	{1, "unicast"},
	{2, "multicast"},
	{4, "nlri-mpls"},
	{4, "labeled-unicast"},
	{5, "mcast-vpn"},
	{65, "vpls"},
	{70, "evpn"},
	{71, "bgp-ls"},
	{72, "bgp-ls-vpn"},
	{73, "sr-policy"},
	{85, "mup"},
	{128, "mpls-vpn"},
	{132, "rtc"},
	{133, "flow"},
	{134, "flow-vpn"},
}

// String is the name of a, or "afi-77" where it has none.
func (a AFI) String() string { return codeName(afiCodes[:], int(a), "afi-") }

// String is the name of s, or "safi-77" where it has none.
func (s SAFI) String() string { return codeName(safiCodes[:], int(s), "safi-") }

// String is "ipv4 unicast".
func (f Family) String() string { return f.AFI().String() + " " + f.SAFI().String() }

func codeName(names []code, num int, prefix string) string {
	for _, c := range names {
		if c.num == num {
			return c.name
		}
	}
	return prefix + strconv.Itoa(num)
}

func parseCode(names []code, s, prefix string, bits int) (int, bool) {
	for _, c := range names {
		if c.name == s {
			return c.num, true
		}
	}
	digits, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, bits)
	return int(n), err == nil
}

// ParseAFI is the inverse of [AFI.String].
func ParseAFI(s string) (AFI, error) {
	n, ok := parseCode(afiCodes[:], s, "afi-", 16)
	if !ok {
		return 0, fmt.Errorf("unknown address family %q", s)
	}
	return AFI(n), nil
}

// ParseSAFI is the inverse of [SAFI.String].
func ParseSAFI(s string) (SAFI, error) {
	n, ok := parseCode(safiCodes[:], s, "safi-", 8)
	if !ok {
		return 0, fmt.Errorf("unknown subsequent address family %q", s)
	}
	return SAFI(n), nil
}

// ParseFamily is the inverse of [Family.String]: "ipv4 unicast".
func ParseFamily(s string) (Family, error) {
	afi, safi, ok := strings.Cut(s, " ")
	if !ok {
		return 0, fmt.Errorf("family %q: write it as in \"ipv4 unicast\"", s)
	}
	a, err := ParseAFI(afi)
	if err != nil {
		return 0, err
	}
	n, err := ParseSAFI(strings.TrimLeft(safi, " "))
	if err != nil {
		return 0, err
	}
	return MakeFamily(a, n), nil
}

// FamilySet is a sorted set of families. It is immutable once built.
type FamilySet []Family

// Has reports whether f is in the set.
func (s FamilySet) Has(f Family) bool {
	for _, g := range s {
		if g == f {
			return true
		}
	}
	return false
}

// familySpec is what the codec knows about one family; one stanza a family. A
// family without a stanza is opaque: its whole NLRI field is one value.
type familySpec struct {
	family Family
	// bits is the length of an address; 0 where NLRI are not plain prefixes.
	bits int
	// next is the length in octets of the NLRI that b starts with, path
	// identifier not counted; 0 where b does not start with a whole valid one.
	next func(b []byte) int
	// valid reports whether one NLRI, whose length next has found, is as its
	// RFC says within; nil where next sees to that. One that is not is opaque.
	valid func(nlri []byte) bool
	// ignoreInvalid: an NLRI that is not valid is passed over, and those beside
	// it count; in any other family they are all treated as withdrawn.
	ignoreInvalid bool
	// canonical appends the canonical wire form of one NLRI.
	canonical func(b, nlri []byte) []byte
	// appendText appends the text form of one canonical NLRI.
	appendText func(b []byte, wire string) []byte
	// appendJSON appends the members of its JSON object; nil where the text is
	// all there is.
	appendJSON func(b []byte, wire string) []byte
	// key is the part of a canonical NLRI that makes two the same; nil: all.
	key func(wire string) string
	// grammar reads the text form; nil where NLRI are plain prefixes.
	grammar *nlriGrammar
	// appendExaBGP appends the NLRI as ExaBGP writes it; nil where it writes
	// the canonical form.
	appendExaBGP func(b []byte, wire string) []byte
	// ownNextHop: the next hop stands in MP_REACH_NLRI alone, also where
	// Options.ReachLast repeats one in NEXT_HOP.
	ownNextHop bool
	// unreach is the family as it stands in MP_UNREACH_NLRI, where that
	// differs; appendWire appends an NLRI as it stands there, never longer than
	// the canonical form (nil: that form). Both are nil in most families.
	unreach    *familySpec
	appendWire func(b []byte, wire string) []byte
	// rdNextHop: a route distinguisher of zero goes before each address of the
	// next hop on the wire (RFC 4364 §4.3.2, RFC 4659 §3.2.1).
	rdNextHop bool
	// nextHops lists the lengths that its next hop may have in MP_REACH_NLRI,
	// and extended those allowed in addition where RFC 8950 was negotiated.
	nextHops, extended []int
}

var familySpecs = [...]familySpec{
	{
		family: IPv4Unicast, bits: 32,
		next: next4, canonical: appendMasked, appendText: appendPrefix4,
		nextHops: []int{4}, extended: []int{16, 32},
	},
	{
		family: IPv4Multicast, bits: 32,
		next: next4, canonical: appendMasked, appendText: appendPrefix4,
		nextHops: []int{4}, extended: []int{16, 32},
	},
	{
		family: IPv6Unicast, bits: 128,
		next: next6, canonical: appendMasked, appendText: appendPrefix6,
		nextHops: []int{16, 32}, extended: []int{4},
	},
	{
		family: IPv6Multicast, bits: 128,
		next: next6, canonical: appendMasked, appendText: appendPrefix6,
		nextHops: []int{16, 32}, extended: []int{4},
	},
	flowSpec(IPv4Flow),
	flowSpec(IPv4FlowVPN),
	flowSpec(IPv6Flow),
	flowSpec(IPv6FlowVPN),
	vplsSpec(),
	srPolicySpec(IPv4SRPolicy),
	srPolicySpec(IPv6SRPolicy),
	evpnSpec(),
	rtcSpec(),
	bgplsSpec(BGPLS, 0),
	bgplsSpec(BGPLSVPN, rdLen),
	labeledSpec(IPv4Labeled, 0),
	labeledSpec(IPv6Labeled, 0),
	labeledSpec(IPv4VPN, rdLen),
	labeledSpec(IPv6VPN, rdLen),
	mvpnSpec(IPv4MVPN),
	mvpnSpec(IPv6MVPN),
	mupSpec(IPv4MUP),
	mupSpec(IPv6MUP),
}

// opaqueSpec stands for every family without a stanza.
var opaqueSpec = familySpec{
	ownNextHop: true, // four octets need not be an address
	next:       func(b []byte) int { return len(b) },
	canonical:  func(b, nlri []byte) []byte { return append(b, nlri...) },
	appendText: appendOpaque,
}

// spec is the stanza of f, or [opaqueSpec].
func (f Family) spec() *familySpec {
	for i := range familySpecs {
		if familySpecs[i].family == f {
			return &familySpecs[i]
		}
	}
	return &opaqueSpec //table: a row like the others, only read
}

// opaque reports whether nothing is known of the family's NLRI: not where one
// ends, nor where its path identifier stands.
func (s *familySpec) opaque() bool { return s.family == 0 }

// NeedsNextHop reports whether a route of f must have a next hop: all but
// those whose next hop may be of no octets (RFC 8955 §4).
func (f Family) NeedsNextHop() bool { return !f.spec().allowsNextHop(0, false) }

// AllowsNextHop reports whether f may have a next hop of n octets (4, 16 or
// 32, as in an Attr); extended where RFC 8950 was negotiated for it.
func (f Family) AllowsNextHop(n int, extended bool) bool {
	return f.spec().allowsNextHop(n, extended)
}

// inUnreach is the stanza for MP_UNREACH_NLRI.
func (s *familySpec) inUnreach() *familySpec {
	if s.unreach != nil {
		return s.unreach
	}
	return s
}

// allowsNextHop reports whether a next hop of n octets is one that RFC 4760
// §3, RFC 2545 §3 or, with extended, RFC 8950 §3 lets the family have.
func (s *familySpec) allowsNextHop(n int, extended bool) bool {
	if s.opaque() {
		return true
	}
	for _, l := range s.nextHops {
		if n == l {
			return true
		}
	}
	if extended {
		for _, l := range s.extended {
			if n == l {
				return true
			}
		}
	}
	return false
}
