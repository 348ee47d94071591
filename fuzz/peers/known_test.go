package peers

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/peerloom/peerloom/codec"
)

// knownDifference is one row: messages on which the libraries part, and the
// sentence that says who is right. Where the codec is stricter, `is` looks at
// the bytes for itself, so that a codec that resets for nothing is still found.
type knownDifference struct {
	name  string
	right string // "peerloom", "gobgp" or "both"
	rfc   string
	is    func(x *exchange) bool
}

// exchange is a message, cut apart here once more, and what was made of it.
type exchange struct {
	ours, theirs *reading
	what         difference
	withdrawn    []byte
	nlri         []byte
	attrs        []rawAttr
}

type rawAttr struct {
	flags codec.AttrFlags
	typ   codec.AttrType
	value []byte
}

func known() []knownDifference {
	return []knownDifference{
		{"NLRI that do not parse, behind an attribute error", "peerloom",
			`RFC 7606 §5.3: "If the ... NLRI field ... cannot be parsed ... session reset"; §3.h: of several errors "the strongest"`,
			func(x *exchange) bool {
				return x.stricter(codec.TreatReset) && (!prefixes(x.nlri) || !prefixes(x.withdrawn))
			}},
		{"an attribute error in an UPDATE without NLRI", "peerloom",
			`RFC 7606 §5.2: "we cannot be confident that the NLRI have been successfully parsed ... the 'session reset' approach MUST be used"`,
			func(x *exchange) bool {
				return x.stricter(codec.TreatReset) && len(x.nlri) == 0 && !reaches(x.find(codec.AttrMPReach))
			}},
		{"an unrecognized well-known attribute", "peerloom",
			`RFC 4271 §6.3: "If any of the well-known mandatory attributes are not recognized, then the Error Subcode MUST be set to Unrecognized Well-known Attribute"`,
			func(x *exchange) bool {
				return x.stricter(codec.TreatReset) && slices.ContainsFunc(x.attrs, func(a rawAttr) bool {
					return a.flags&codec.FlagOptional == 0 && (a.typ == 0 || a.typ > 6 || a.typ == 4)
				})
			}},
		{"MP_REACH_NLRI or MP_UNREACH_NLRI twice", "peerloom",
			`RFC 7606 §3.g: "If the MP_REACH_NLRI attribute or the MP_UNREACH_NLRI attribute appears more than once ... MUST be reset"`,
			func(x *exchange) bool {
				return x.stricter(codec.TreatReset) && (x.count(codec.AttrMPReach) > 1 || x.count(codec.AttrMPUnreach) > 1)
			}},
		{"MP_REACH_NLRI with a next hop of a length that its family has not", "peerloom",
			`RFC 7606 §7.11: "If the Length of Next Hop Network Address field ... is inconsistent ... session reset"`,
			func(x *exchange) bool { return x.stricter(codec.TreatReset) && oddNextHop(x.find(codec.AttrMPReach)) }},
		{"a tunnel encapsulation whose lengths do not add up", "peerloom",
			`RFC 9012 §13: "the TLV MUST be considered to be malformed, and the 'Treat-as-withdraw' procedure ... is applied"`,
			func(x *exchange) bool {
				return x.stricter(codec.TreatWithdraw) && strings.HasPrefix(x.ours.why, "tunnel ")
			}},
		{"CLUSTER_LIST or a list of communities without an item", "peerloom",
			`RFC 7606 §7.8, §7.10, §7.14: "malformed if its length is not a non-zero multiple" of an item's: treat-as-withdraw`,
			func(x *exchange) bool {
				return x.stricter(codec.TreatWithdraw) && slices.ContainsFunc(x.attrs, func(a rawAttr) bool { return len(a.value) == 0 && slices.Contains(lists(), a.typ) })
			}},
		{"NLRI with a type or length of its own that is unknown or malformed inside", "peerloom",
			`RFC 7606 §5.4: typed NLRI of a known length can be skipped: "treat-as-withdraw" is enough`,
			func(x *exchange) bool {
				v := x.find(codec.AttrMPReach)
				return x.theirs.treat == codec.TreatReset && len(v) > 3 && slices.Contains([]byte{5, 70, 71, 73}, v[2])
			}},
		{"NEXT_HOP that has not 4 octets", "peerloom",
			`RFC 7606 §7.3: "The attribute is considered malformed if its length is other than 4": treat-as-withdraw`,
			func(x *exchange) bool {
				return x.stricter(codec.TreatWithdraw) && x.count(codec.AttrNextHop) > 0 && len(x.find(codec.AttrNextHop)) != 4
			}},
		{"MP_REACH_NLRI without NLRI, and no mandatory attributes", "peerloom",
			`RFC 4271 §5: well-known mandatory attributes "MUST be included in every UPDATE message that contains NLRI"`,
			func(x *exchange) bool {
				return x.theirs.treat == codec.TreatWithdraw && strings.Contains(x.theirs.why, "mandatory attributes are not present") &&
					len(x.nlri) == 0 && !reaches(x.find(codec.AttrMPReach))
			}},
		{"MP_REACH_NLRI or MP_UNREACH_NLRI with wrong flags", "peerloom",
			`RFC 7606 §5.3: incorrect if "the attribute flags of the attribute are inconsistent with those specified in [RFC4760]": session reset`,
			func(x *exchange) bool {
				return x.stricter(codec.TreatReset) && slices.ContainsFunc(x.attrs, func(a rawAttr) bool {
					return (a.typ == codec.AttrMPReach || a.typ == codec.AttrMPUnreach) && a.flags&0xc0 != 0x80
				})
			}},
		{"NEXT_HOP in 0.0.0.0/8", "both",
			`RFC 4271 §6.3: "syntactic correctness means that the NEXT_HOP attribute represents a valid IP host address"; of that network RFC 1122 §3.2.1.3 only names 0.0.0.0`,
			func(x *exchange) bool {
				v := x.find(codec.AttrNextHop)
				return x.theirs.why == "invalid nexthop address" && len(v) == 4 && v[0] == 0
			}},
		{"a missing or malformed attribute beside one with a weaker error", "peerloom",
			`RFC 7606 §3.d: "treat-as-withdraw"; §3.h: of several errors the strongest counts`,
			func(x *exchange) bool {
				return x.stricter(codec.TreatWithdraw) && x.theirs.treat == codec.TreatDiscard && (x.lacks() || slices.ContainsFunc(x.attrs, rawAttr.faulty))
			}},
		{"AGGREGATOR of 6 octets from a 4-octet speaker", "peerloom",
			`RFC 7606 §7.7: malformed "if its length is not ... 8 (when the four-octet AS number capability is advertised)": attribute discard`,
			func(x *exchange) bool {
				return x.ours.treat == codec.TreatDiscard && len(x.find(codec.AttrAggregator)) == 6
			}},
		{"the label of a withdrawn route", "both",
			`RFC 8277 §2.4: in a withdrawal "the Label field ... SHOULD be set to 0x800000 ... upon receipt, the value of the Compatibility field MUST be ignored"`,
			func(x *exchange) bool {
				v := x.find(codec.AttrMPUnreach)
				return x.what.kind == "routes" && len(v) > 2 && (v[2] == 4 || v[2] == 128)
			}},
		{"a family that the codec does not know", "both",
			`RFC 4760 §7: as above; the codec reads SAFIs such as 7 and 129 as opaque`,
			func(x *exchange) bool {
				return x.theirs.treat == codec.TreatReset && (opaque(x.find(codec.AttrMPReach)) || opaque(x.find(codec.AttrMPUnreach)))
			}},
		{"reserved octets inside an extended community", "both",
			`RFC 7432 §7.5 and others: reserved, "ignored on receipt"; the codec passes them on unchanged, GoBGP clears them`,
			func(x *exchange) bool {
				other := func(a attr) bool { return a.typ == codec.AttrExtCommunities }
				return x.what.kind == "attributes" && slices.Equal(
					slices.DeleteFunc(slices.Clone(x.ours.attrs), other), slices.DeleteFunc(slices.Clone(x.theirs.attrs), other))
			}},
		{"MP_REACH_NLRI with a next hop that is no host", "peerloom",
			`RFC 7606 §7.3 with RFC 4271 §6.3: a next hop is "a valid IP host address", in whichever attribute it stands`,
			func(x *exchange) bool {
				v := x.find(codec.AttrMPReach)
				return x.stricter(codec.TreatWithdraw) && len(v) > 8 && v[3] == 4 && (v[4] >= 224 || v[4] == 0)
			}},
		{"a family that GoBGP does not know", "both",
			`RFC 4760 §7 leaves NLRI of a family that was not negotiated to the speaker: the codec reads them as opaque`,
			func(x *exchange) bool {
				return strings.HasPrefix(x.theirs.why, "unknown route family") || strings.HasSuffix(x.theirs.why, "not available for this session")
			}},
		{"unused flag bits are set", "peerloom",
			`RFC 4271 §4.3: "The lower-order four bits of the Attribute Flags octet ... MUST be ignored when received"`,
			func(x *exchange) bool {
				return strings.Contains(x.theirs.why, "flags are invalid") &&
					slices.ContainsFunc(x.attrs, func(a rawAttr) bool { return a.flags&0x0f != 0 })
			}},
		{"an attribute that comes again, with an error of its own", "peerloom",
			`RFC 7606 §3.g: "all the occurrences of the attribute other than the first one SHALL be discarded"`,
			func(x *exchange) bool {
				return x.ours.treat == codec.TreatDiscard && x.theirs.treat > codec.TreatDiscard && x.again(x.ours.why)
			}},
		{"the Partial bit of an attribute that is not optional transitive", "peerloom",
			`RFC 7606 §3.c: "If the value of either the Optional or Transitive bits ... is in conflict with their specified values, then the attribute MUST be treated as malformed": the Partial bit is not asked about`,
			func(x *exchange) bool {
				return strings.HasSuffix(x.theirs.why, "must have partial bit 0") &&
					slices.ContainsFunc(x.attrs, func(a rawAttr) bool { return a.flags&0x20 != 0 && a.flags&0xc0 != 0xc0 })
			}},
		{"an unrecognized optional non-transitive attribute", "both",
			`RFC 4271 §5: "Unrecognized non-transitive optional attributes MUST be quietly ignored": the codec does, GoBGP's library leaves it to the speaker`,
			func(x *exchange) bool {
				ignored := func(a attr) bool {
					return slices.ContainsFunc(x.attrs, func(b rawAttr) bool {
						return b.typ == a.typ && b.flags&0xc0 == 0x80 && !slices.Contains([]codec.AttrType{4, 9, 10, 14, 15, 26, 29}, a.typ)
					})
				}
				return x.what.kind == "attributes" && slices.Equal(x.ours.attrs, slices.DeleteFunc(slices.Clone(x.theirs.attrs), ignored))
			}},
		{"a route distinguisher of a type that is not defined", "peerloom",
			`RFC 4364 §4.2: "a 2-byte Type field" and "a 6-byte Value field", whose structure the type says; two values are two routes all the same. GoBGP reads zeros`,
			func(x *exchange) bool {
				return x.what.kind == "routes" && slices.EqualFunc(x.ours.announced, x.theirs.announced, sameButRD) &&
					slices.EqualFunc(x.ours.withdrawn, x.theirs.withdrawn, sameButRD)
			}},
		{"AS4_PATH or AS4_AGGREGATOR from a 4-octet speaker", "peerloom",
			`RFC 6793 §4.1: "MUST NOT be carried in an UPDATE message between NEW BGP speakers ... MUST discard the path attribute"`,
			func(x *exchange) bool {
				return x.ours.treat == codec.TreatDiscard && (x.find(codec.AttrAS4Path) != nil || x.find(codec.AttrAS4Aggregator) != nil)
			}},
	}
}

// stricter reports whether the codec asks for treat where GoBGP asks for less.
func (x *exchange) stricter(treat codec.Treatment) bool {
	return x.ours.treat == treat && x.theirs.treat < treat
}

func (x *exchange) find(t codec.AttrType) []byte {
	for _, a := range x.attrs {
		if a.typ == t {
			return a.value
		}
	}
	return nil
}

// lacks reports whether a well-known mandatory attribute is not there.
func (x *exchange) lacks() bool {
	return x.count(codec.AttrOrigin) == 0 || x.count(codec.AttrASPath) == 0 ||
		len(x.nlri) > 0 && x.count(codec.AttrNextHop) == 0
}

// again reports whether why is that, and an attribute comes twice.
func (x *exchange) again(why string) bool {
	return why == "attribute appears more than once" &&
		slices.ContainsFunc(x.attrs, func(a rawAttr) bool { return x.count(a.typ) > 1 })
}

func (x *exchange) count(t codec.AttrType) int {
	n := 0
	for _, a := range x.attrs {
		if a.typ == t {
			n++
		}
	}
	return n
}

// faulty reports whether the flags, the length or the value of an attribute
// with a simple form ask for treat-as-withdraw (RFC 7606 §3.c, §7).
func (a rawAttr) faulty() bool {
	for _, s := range shapes() {
		if s.typ != a.typ || a.typ == codec.AttrAtomicAggregate || a.typ == codec.AttrAggregator {
			continue
		}
		unit := s.lengths[0]
		return byte(a.flags)&0xc0 != s.flags || unit > 0 && (len(a.value) == 0 || len(a.value)%unit != 0) ||
			a.typ == codec.AttrOrigin && (len(a.value) != 1 || a.value[0] > 2) || a.typ == codec.AttrASPath
	}
	return false
}

// prefixes reports whether b is a run of IPv4 prefixes.
func prefixes(b []byte) bool {
	for len(b) > 0 {
		n := 1 + (int(b[0])+7)/8
		if b[0] > 32 || n > len(b) {
			return false
		}
		b = b[n:]
	}
	return true
}

// opaque reports whether v is about a family that the codec has no reader for.
func opaque(v []byte) bool {
	read := []codec.Family{
		codec.IPv4Unicast, codec.IPv4Multicast, codec.IPv6Unicast, codec.IPv6Multicast,
		codec.IPv4Flow, codec.IPv4FlowVPN, codec.IPv6Flow, codec.IPv6FlowVPN,
		codec.L2VPNVPLS, codec.L2VPNEVPN, codec.IPv4SRPolicy, codec.IPv6SRPolicy, codec.IPv4RTC, codec.BGPLS, codec.BGPLSVPN,
		codec.IPv4Labeled, codec.IPv6Labeled, codec.IPv4VPN, codec.IPv6VPN,
		codec.IPv4MVPN, codec.IPv6MVPN, codec.IPv4MUP, codec.IPv6MUP,
	}
	return len(v) > 2 && !slices.Contains(read, codec.MakeFamily(codec.AFI(binary.BigEndian.Uint16(v)), codec.SAFI(v[2])))
}

// sameButRD reports whether theirs is ours, or ours with zeros for the value of
// a route distinguisher of a type above 2 (RFC 4364 §4.2).
func sameButRD(ours, theirs route) bool {
	if ours.family != theirs.family || len(ours.wire) != len(theirs.wire) {
		return false
	}
	for i := 2; i+6 <= len(ours.wire); i++ {
		if binary.BigEndian.Uint16([]byte(ours.wire[i-2:])) > 2 && ours.wire[:i]+"\x00\x00\x00\x00\x00\x00"+ours.wire[i+6:] == theirs.wire {
			return true
		}
	}
	return ours.wire == theirs.wire
}

// reaches reports whether an MP_REACH_NLRI has NLRI.
func reaches(v []byte) bool { return len(v) > 4 && len(v) > 5+int(v[3]) }

func lists() []codec.AttrType {
	return []codec.AttrType{codec.AttrClusterList, codec.AttrCommunities, codec.AttrExtCommunities, codec.AttrLargeCommunity}
}

// oddNextHop reports whether an MP_REACH_NLRI has a next hop of a length that
// its family has not: RFC 4760, 2545, 4364, 4659, 7432, 8950.
func oddNextHop(v []byte) bool {
	if len(v) < 4 {
		return false
	}
	lengths := []byte{4, 16, 32}
	switch {
	case v[2] == 128:
		lengths = []byte{12, 24, 48}
	case v[1] == 2:
		lengths = []byte{16, 32}
	}
	return !slices.Contains(lengths, v[3])
}

// malformed are bodies of UPDATEs that seed the fuzzing.
func malformed() [][]byte {
	var out [][]byte
	for _, s := range []string{
		"0000 0000",
		"0000 0007 900f0003000201",
		"0000 0014 40010100 40020602010000fde9 4003040a000001 080a",
		"0000 0019 40010100 40020602010000fde9 4003040a000001 9004ffff00 080a",
		"0000 0010 40010100 400200 800e06 0002 01 10 0000",
		"0000 0012 40010100 400200 4003040a000001 c00800 080a",
		"0000 0011 40010100 400200 4003040a000001 8004 00000001 080a",
	} {
		out = append(out, unhex(s))
	}
	return out
}
