package codec_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
)

// Attributes in hexadecimal, well formed.
const (
	origin    = "400101 00 "
	asPath    = "400206 0201 0000fde9 "
	nextHop   = "400304 0a000001 "
	med       = "800404 00000064 "
	mandatory = origin + asPath + nextHop
	reach6    = "800e26 0002 01 10 20010db8000000000000000000000001 00 80 20010db8000000000000000000000002 "
	unreach6  = "800f08 0002 01 20 20010db8 "
	prefix10  = "08 0a " // 10.0.0.0/8
)

// malformed is one UPDATE with something wrong in it, and the verdict.
type malformed struct {
	name             string // the sentence, by section
	withdrawn, attrs string
	nlri             string
	o                codec.Options
	treat            codec.Treatment
	sub              uint8
	attr             codec.AttrType
	kept             string // the text of what is left; "" is not checked
	routes           string // the routes announced and withdrawn; "" is not checked
}

var (
	ebgp = codec.Options{AS4: true}
	ibgp = codec.Options{AS4: true, IBGP: true}
)

func (m malformed) check(t *testing.T) {
	msg := update(t, m.withdrawn, m.attrs, m.nlri)
	var d codec.Decoder
	u := d.Update(msg, &m.o)
	require.Equal(t, m.treat.String(), u.Worst().String(), "treatment of %s\n%+v", m.attrs, u.Errs)
	if m.treat == codec.TreatNone {
		require.Empty(t, u.Errs)
	} else {
		e := u.Errs[0]
		require.Equal(t, codec.CodeUpdate, e.Code)
		require.Equal(t, m.sub, e.Subcode, "subcode of %+v", e)
		require.Equal(t, m.attr, e.Attr, "attribute of %+v", e)
		require.NotEmpty(t, e.Why)
	}
	if m.kept != "" {
		require.Equal(t, m.kept, u.Attrs.String())
	}
	routes := append(names(u.Announced()), names(u.Withdraws())...)
	if m.routes != "" {
		require.Equal(t, m.routes, strings.Join(routes, ", "))
	}
	_, eor := u.EndOfRIB()
	require.False(t, eor, "a malformed or non-empty UPDATE is no End-of-RIB")
}

const (
	withdraw = codec.TreatWithdraw
	discard  = codec.TreatDiscard
	reset    = codec.TreatReset
)

func TestRFC7606(t *testing.T) {
	const kept = "next-hop 10.0.0.1 origin igp as-path [65001]"
	for _, m := range []malformed{
		{name: "§3.a ORIGIN: an error is treat-as-withdraw", attrs: "400101 03" + asPath + nextHop, nlri: prefix10, o: ebgp, treat: withdraw, sub: 6, attr: codec.AttrOrigin},
		{name: "§3.c Optional bit of MED missing", attrs: mandatory + "000404 00000064", nlri: prefix10, o: ebgp, treat: withdraw, sub: 4, attr: codec.AttrMED, kept: kept},
		{name: "§3.c Transitive bit of MED set", attrs: mandatory + "c00404 00000064", nlri: prefix10, o: ebgp, treat: withdraw, sub: 4, attr: codec.AttrMED},
		{name: "§3.c Optional bit of ORIGIN set, the attribute after it is read at its place", attrs: "c00101 00" + asPath + nextHop, nlri: prefix10, o: ebgp, treat: withdraw, sub: 4, attr: codec.AttrOrigin, kept: "next-hop 10.0.0.1 as-path [65001]"},
		{name: "§3.c neither Partial nor the unused bits are a conflict", attrs: "6f0101 00" + asPath + nextHop, nlri: prefix10, o: ebgp, kept: kept},
		{name: "§3.d ORIGIN missing", attrs: asPath + nextHop, nlri: prefix10, o: ebgp, treat: withdraw, sub: 3, attr: codec.AttrOrigin},
		{name: "§3.d AS_PATH missing", attrs: origin + nextHop, nlri: prefix10, o: ebgp, treat: withdraw, sub: 3, attr: codec.AttrASPath},
		{name: "§3.d NEXT_HOP missing", attrs: origin + asPath, nlri: prefix10, o: ebgp, treat: withdraw, sub: 3, attr: codec.AttrNextHop},
		{name: "§3.d attribute length 0 with NLRI", attrs: "", nlri: prefix10, o: ebgp, treat: withdraw, sub: 3, attr: codec.AttrOrigin},
		{name: "§3.d only an unknown attribute, with NLRI", attrs: "c0fa01 01", nlri: prefix10, o: ebgp, treat: withdraw, sub: 3, attr: codec.AttrOrigin},
		{name: "§3.d MP_REACH_NLRI without ORIGIN", attrs: asPath + reach6, o: ebgp, treat: withdraw, sub: 3, attr: codec.AttrOrigin},
		{name: "§3.d MP_REACH_NLRI needs no NEXT_HOP", attrs: origin + asPath + reach6, o: ebgp, kept: "next-hop 2001:db8::1 origin igp as-path [65001]"},
		{name: "§3.d MP_REACH_NLRI does not stand in for NEXT_HOP of classic NLRI", attrs: origin + asPath + reach6, nlri: prefix10, o: ebgp, treat: withdraw, sub: 3, attr: codec.AttrNextHop},
		{name: "§3.g MP_REACH_NLRI twice", attrs: origin + asPath + reach6 + reach6, o: ebgp, treat: reset, sub: 1, attr: codec.AttrMPReach},
		{name: "§3.g MP_UNREACH_NLRI twice", attrs: unreach6 + unreach6, o: ebgp, treat: reset, sub: 1, attr: codec.AttrMPUnreach},
		{name: "§3.g any other twice: the first one stays", attrs: mandatory + med + "800404 00000065", nlri: prefix10, o: ebgp, treat: discard, sub: 1, attr: codec.AttrMED, kept: kept + " med 100"},
		{name: "§3.g an unknown one twice", attrs: mandatory + "c0fa01 01 c0fa01 02", nlri: prefix10, o: ebgp, treat: discard, sub: 1, attr: 250, kept: kept + " attribute [0xfa 0xe0 0x01]"},
		{name: "§3.h the strongest approach wins", attrs: mandatory + "c00701 00" + "800401 00", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrAggregator, kept: kept},
		{name: "§3.i Withdrawn Routes are checked like NLRI", withdrawn: "21 0a00000000", o: ebgp, treat: reset, sub: 10},
		{name: "§3.j NLRI longer than the field", attrs: mandatory, nlri: "20 0a0000", o: ebgp, treat: reset, sub: 10},
		{name: "§3.j NLRI longer than 32 bits", attrs: mandatory, nlri: "21 0a00000080", o: ebgp, treat: reset, sub: 10},
		{name: "§4 an attribute runs past Total Attribute Length", attrs: mandatory + "800408 00000064", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrMED, kept: kept},
		{name: "§4 the same from an internal peer", attrs: mandatory + "800408 00000064", nlri: prefix10, o: ibgp, treat: withdraw, sub: 5, attr: codec.AttrMED, kept: kept},
		{name: "§4 an extended length runs past it", attrs: mandatory + "9004ffff 00000064", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrMED},
		{name: "§4 one octet left", attrs: mandatory + "80", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, kept: kept},
		{name: "§4 two octets left", attrs: mandatory + "8004", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, kept: kept},
		{name: "§4 three octets left where the length takes two", attrs: mandatory + "900400", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, kept: kept},
		{name: "§5.2 a malformed attribute and no reachable NLRI", attrs: origin + asPath + "800401 00", o: ebgp, treat: reset, sub: 5, attr: codec.AttrMED},
		{name: "§5.2 the same beside MP_UNREACH_NLRI", attrs: unreach6 + "800401 00", o: ebgp, treat: reset, sub: 5, attr: codec.AttrMED},
		{name: "§5.2 the same beside Withdrawn Routes", withdrawn: prefix10, attrs: "800401 00", o: ebgp, treat: reset, sub: 5, attr: codec.AttrMED},
		{name: "§5.2 attribute discard stays what it is", attrs: origin + asPath + "c00701 00", o: ebgp, treat: discard, sub: 5, attr: codec.AttrAggregator},
		{name: "§5.3 IPv6 NLRI longer than 128 bits", attrs: origin + asPath + "800e17 0002 01 10 20010db8000000000000000000000001 00 81 20", o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPReach},
		{name: "§5.3 IPv4 NLRI longer than 32 bits in MP_UNREACH_NLRI", attrs: "800f09 0001 02 21 0a00000000", o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPUnreach},
		{name: "§5.3 NLRI run past MP_UNREACH_NLRI", attrs: "800f07 0002 01 20 20010d", o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPUnreach},
		{name: "§5.3 flags of MP_REACH_NLRI", attrs: origin + asPath + "c0" + reach6[2:], o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPReach},
		{name: "§5.3 flags of MP_UNREACH_NLRI", attrs: "40" + unreach6[2:], o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPUnreach},
		{name: "§5.3 MP_REACH_NLRI shorter than 5", attrs: origin + asPath + "800e04 0002 01 00", o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPReach},
		{name: "§5.3 MP_UNREACH_NLRI shorter than 3", attrs: "800f02 0002", o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPUnreach},
		{name: "§5.3 MP_UNREACH_NLRI of length 0", attrs: "800f00", o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPUnreach},
		{name: "§7.1 ORIGIN of two octets", attrs: "400102 0000" + asPath + nextHop, nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrOrigin},
		{name: "§7.1 ORIGIN of none", attrs: "400100" + asPath + nextHop, nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrOrigin},
		{name: "§7.2 unrecognized segment type", attrs: origin + "400206 0501 0000fde9" + nextHop, nlri: prefix10, o: ebgp, treat: withdraw, sub: 11, attr: codec.AttrASPath, kept: "next-hop 10.0.0.1 origin igp"},
		{name: "§7.2 segment overrun", attrs: origin + "400206 0202 0000fde9" + nextHop, nlri: prefix10, o: ebgp, treat: withdraw, sub: 11, attr: codec.AttrASPath},
		{name: "§7.2 segment overrun where the length times four wraps in an octet", attrs: origin + "400206 0241 0000fde9" + nextHop, nlri: prefix10, o: ebgp, treat: withdraw, sub: 11, attr: codec.AttrASPath},
		{name: "§7.2 segment underrun", attrs: origin + "400207 0201 0000fde9 02" + nextHop, nlri: prefix10, o: ebgp, treat: withdraw, sub: 11, attr: codec.AttrASPath},
		{name: "§7.2 segment of length zero", attrs: origin + "400202 0200" + nextHop, nlri: prefix10, o: ebgp, treat: withdraw, sub: 11, attr: codec.AttrASPath},
		{name: "§7.2 an empty path is legal", attrs: origin + "400200" + nextHop, nlri: prefix10, o: ibgp, kept: "next-hop 10.0.0.1 origin igp"},
		{name: "§7.3 NEXT_HOP of 16 octets", attrs: origin + asPath + "400310 20010db8000000000000000000000001", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrNextHop},
		{name: "§7.4 MED of three octets", attrs: mandatory + "800403 000064", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrMED},
		{name: "§7.5 LOCAL_PREF from an external peer", attrs: mandatory + "400504 00000064", nlri: prefix10, o: ebgp, treat: discard, sub: 9, attr: codec.AttrLocalPref, kept: kept},
		{name: "§7.5 malformed LOCAL_PREF from an external peer", attrs: mandatory + "400501 00", nlri: prefix10, o: ebgp, treat: discard, sub: 9, attr: codec.AttrLocalPref, kept: kept},
		{name: "§7.5 malformed LOCAL_PREF from an internal peer", attrs: mandatory + "400501 00", nlri: prefix10, o: ibgp, treat: withdraw, sub: 5, attr: codec.AttrLocalPref},
		{name: "§7.5 LOCAL_PREF from an internal peer", attrs: mandatory + "400504 00000064", nlri: prefix10, o: ibgp, kept: kept + " local-preference 100"},
		{name: "§7.6 ATOMIC_AGGREGATE with a value", attrs: mandatory + "400601 00" + med, nlri: prefix10, o: ebgp, treat: discard, sub: 5, attr: codec.AttrAtomicAggregate, kept: kept + " med 100"},
		{name: "§7.7 AGGREGATOR of 6 where 4-octet AS was negotiated", attrs: mandatory + "c00706 fde9 0a000001" + med, nlri: prefix10, o: ebgp, treat: discard, sub: 5, attr: codec.AttrAggregator, kept: kept + " med 100"},
		{name: "§7.7 AGGREGATOR of 8 where it was not", attrs: origin + "400204 0201 fde9" + nextHop + "c00708 0000fde9 0a000001", nlri: prefix10, treat: discard, sub: 5, attr: codec.AttrAggregator, kept: kept},
		{name: "§7.8 COMMUNITIES of no multiple of 4", attrs: mandatory + "c00806 00000001 0000", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrCommunities},
		{name: "§7.8 COMMUNITIES of length 0", attrs: mandatory + "c00800", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrCommunities},
		{name: "§7.9 ORIGINATOR_ID from an external peer", attrs: mandatory + "800904 0a000001", nlri: prefix10, o: ebgp, treat: discard, sub: 9, attr: codec.AttrOriginatorID, kept: kept},
		{name: "§7.9 ORIGINATOR_ID of 5 octets from an internal peer", attrs: mandatory + "800905 0a00000100", nlri: prefix10, o: ibgp, treat: withdraw, sub: 5, attr: codec.AttrOriginatorID},
		{name: "§7.10 CLUSTER_LIST from an external peer", attrs: mandatory + "800a04 0a000001", nlri: prefix10, o: ebgp, treat: discard, sub: 9, attr: codec.AttrClusterList, kept: kept},
		{name: "§7.10 CLUSTER_LIST of length 0 from an internal peer", attrs: mandatory + "800a00", nlri: prefix10, o: ibgp, treat: withdraw, sub: 5, attr: codec.AttrClusterList},
		{name: "§7.11 next hop of 4 octets for IPv6", attrs: origin + asPath + "800e0a 0002 01 04 0a000001 00 00", o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPReach},
		{name: "§7.11 next hop of 0 octets", attrs: origin + asPath + "800e05 0002 01 00 00", o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPReach},
		{name: "§7.11 next hop longer than the attribute", attrs: origin + asPath + "800e06 0002 01 10 0000", o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPReach},
		{name: "§7.11 IPv6 next hop for IPv4 without RFC 8950", attrs: origin + asPath + "800e17 0001 01 10 20010db8000000000000000000000001 00 08 0a", o: ebgp, treat: reset, sub: 9, attr: codec.AttrMPReach},
		{name: "§7.14 Extended Communities of length 0", attrs: mandatory + "c01000", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrExtCommunities},
		{name: "§7.14 Extended Communities of no multiple of 8", attrs: mandatory + "c01009 000000000000000000", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrExtCommunities},
		{name: "§7.14 an unknown type of them is no error", attrs: mandatory + "c01008 ff00000000000001", nlri: prefix10, o: ebgp, kept: kept + " extended-community [0xff00000000000001]"},
		{name: "§7.15 IPv6 Extended Communities of length 0", attrs: mandatory + "c01900", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrIPv6ExtComm},
		{name: "§7.15 IPv6 Extended Communities of no multiple of 20", attrs: mandatory + "c01908 0000000000000000", nlri: prefix10, o: ebgp, treat: withdraw, sub: 5, attr: codec.AttrIPv6ExtComm},
	} {
		t.Run(m.name, m.check)
	}
}
