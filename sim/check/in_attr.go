package check

import (
	"bytes"
	"encoding/binary"
)

// Attribute flags (RFC 4271 §4.3).
const (
	flagOptional   = 0x80
	flagTransitive = 0x40
	flagPartial    = 0x20
)

// inRule is what the RFCs say of one attribute.
type inRule struct {
	flags    uint8
	length   int // octets; -1: a multiple of unit, not none; -2: judge says
	unit     int
	treat    inTreat // of a wrong length or value
	internal bool    // "attribute discard" from an external neighbor
	judge    func(v []byte, as4 bool) uint8
	treatOf  func(v []byte) inTreat // where it depends on the value
}

// inRuleOf is the table. RFC 7606 §7 unless said otherwise.
func inRuleOf(t uint8) (inRule, bool) {
	const ot = flagOptional | flagTransitive
	multiple := func(flags uint8, unit int) inRule {
		return inRule{flags: flags, length: -1, unit: unit, treat: inWithdraw}
	}
	switch t {
	case 1: // ORIGIN
		return inRule{flags: flagTransitive, length: 1, treat: inWithdraw, judge: judgeOrigin}, true
	case 2: // AS_PATH
		return inRule{flags: flagTransitive, length: -2, treat: inWithdraw, judge: judgeASPath}, true
	case 3: // NEXT_HOP
		return inRule{flags: flagTransitive, length: 4, treat: inWithdraw, judge: judgeNextHop}, true
	case 4: // MULTI_EXIT_DISC
		return inRule{flags: flagOptional, length: 4, treat: inWithdraw}, true
	case 5: // LOCAL_PREF
		return inRule{flags: flagTransitive, length: 4, treat: inWithdraw, internal: true}, true
	case 6: // ATOMIC_AGGREGATE
		return inRule{flags: flagTransitive, length: 0, treat: inDiscard}, true
	case 7: // AGGREGATOR
		return inRule{flags: ot, length: -2, treat: inDiscard, judge: judgeAggregator}, true
	case 8: // COMMUNITIES
		return multiple(ot, 4), true
	case 9: // ORIGINATOR_ID
		return inRule{flags: flagOptional, length: 4, treat: inWithdraw, internal: true}, true
	case 10: // CLUSTER_LIST
		return inRule{flags: flagOptional, length: -1, unit: 4, treat: inWithdraw, internal: true}, true
	case 14, 15: // MP_REACH_NLRI, MP_UNREACH_NLRI
		return inRule{flags: flagOptional, length: -2}, true
	case 16: // EXTENDED COMMUNITIES
		return multiple(ot, 8), true
	case 17: // AS4_PATH, RFC 6793 §6
		return inRule{flags: ot, length: -2, treat: inDiscard, judge: judgeAS4Path}, true
	case 18: // AS4_AGGREGATOR, RFC 6793 §6
		return inRule{flags: ot, length: 8, treat: inDiscard, judge: judgeAS4Aggregator}, true
	case 22: // PMSI_TUNNEL, RFC 6514 §5
		return inRule{flags: ot, length: -2, treat: inWithdraw, judge: judgePMSI}, true
	case 23: // TUNNEL_ENCAP, RFC 9012 §13
		return inRule{flags: ot, length: -2, treat: inWithdraw, judge: judgeTunnels}, true
	case 25: // IPv6 Address Specific Extended Community
		return multiple(ot, 20), true
	case 26: // AIGP, RFC 7311 §3
		return inRule{flags: flagOptional, length: -2, treat: inDiscard, judge: judgeAIGP}, true
	case 29: // BGP-LS Attribute, RFC 9552 §8.2.2
		return inRule{flags: flagOptional, length: -2, treat: inDiscard, judge: judgeLinkState}, true
	case 32: // LARGE_COMMUNITY, RFC 8092 §6
		return multiple(ot, 12), true
	case 35: // OTC, RFC 9234 §5
		return inRule{flags: ot, length: 4, treat: inWithdraw}, true
	case 40: // BGP Prefix-SID, RFC 8669 §6
		return inRule{flags: ot, length: -2, treatOf: treatSID, judge: judgeSID}, true
	case 128: // ATTR_SET, RFC 6368 §5
		return inRule{flags: ot, length: -2, treat: inWithdraw, judge: judgeSet}, true
	}
	return inRule{}, false
}

// attribute takes one whole attribute.
func (r *inRead) attribute(flags, t uint8, v []byte) {
	if r.seen[t] {
		// RFC 7606 §3.g.
		if t == 14 || t == 15 {
			r.fail(inReset, subAttributeList)
		} else {
			r.fail(inDiscard, subAttributeList)
		}
		return
	}
	r.seen[t] = true
	rule, known := inRuleOf(t)
	switch {
	case !known && flags&flagOptional == 0:
		r.fail(inReset, subUnknown)
		return
	case !known && flags&flagTransitive == 0:
		return // "quietly ignored" (RFC 4271 §5)
	case !known:
		// "the Partial bit … is set to 1" (RFC 4271 §5).
		r.keep(flagOptional|flagTransitive|flagPartial, t, v)
		return
	case rule.internal && !r.opts.internal:
		r.fail(inDiscard, subOptional)
		return
	case flags&(flagOptional|flagTransitive) != rule.flags:
		r.conflict(t)
		return
	case t == 14:
		r.reach(v)
		return
	case t == 15:
		r.unreach(v)
		return
	}
	if sub := rule.wrong(v, r.opts.as4); sub != 0 {
		treat := rule.treat
		if rule.treatOf != nil {
			treat = rule.treatOf(v)
		}
		r.fail(treat, sub)
		return
	}
	switch {
	case t == 17 || t == 18:
		if r.opts.as4 {
			r.fail(inDiscard, subOptional) // RFC 6793 §4.1
		} else if t == 17 {
			r.as4Path = v
		} else {
			r.as4Agg = v
		}
	case t == 2 && !r.opts.as4:
		r.keep(rule.flags, t, widened(v))
	case t == 7 && !r.opts.as4:
		r.keep(rule.flags|flags&flagPartial, t, append([]byte{0, 0}, v...))
	case rule.flags == flagOptional|flagTransitive:
		r.keep(rule.flags|flags&flagPartial, t, v)
	default:
		r.keep(rule.flags, t, v)
	}
}

func (r *inRead) keep(flags, t uint8, v []byte) {
	r.attrs = append(r.attrs, InAttr{flags, t, string(v)})
}

// conflict is RFC 7606 §3.c and, for the two that carry NLRI, §5.3; RFC 7311 §3
// has AIGP discarded.
func (r *inRead) conflict(t uint8) {
	switch t {
	case 14, 15:
		r.fail(inReset, subOptional)
	case 26:
		r.fail(inDiscard, subFlags)
	default:
		r.fail(inWithdraw, subFlags)
	}
}

// wrong is the subcode of what is wrong about a value; 0: nothing.
func (u *inRule) wrong(v []byte, as4 bool) uint8 {
	switch {
	case u.length >= 0 && len(v) != u.length, u.length == -1 && (len(v) == 0 || len(v)%u.unit != 0):
		return subLength
	case u.judge != nil:
		return u.judge(v, as4)
	}
	return 0
}

func judgeOrigin(v []byte, _ bool) uint8 {
	if v[0] > 2 {
		return subOrigin
	}
	return 0
}

// judgeNextHop: "a valid IP host address" (RFC 4271 §6.3).
func judgeNextHop(v []byte, _ bool) uint8 {
	if v[0] >= 224 || bytes.Equal(v, []byte{0, 0, 0, 0}) {
		return subNextHop
	}
	return 0
}

func octetsOf(as4 bool) int {
	if as4 {
		return 4
	}
	return 2
}

// judgeASPath is RFC 7606 §7.2; AS 0 is RFC 7607 §2.
func judgeASPath(v []byte, as4 bool) uint8 {
	if !segmentsFit(v, octetsOf(as4)) {
		return subASPath
	}
	return 0
}

func segmentsFit(v []byte, width int) bool {
	for len(v) > 0 {
		if len(v) < 2 || v[0] == 0 || v[0] > 4 || v[1] == 0 {
			return false
		}
		end := 2 + width*int(v[1])
		if end > len(v) {
			return false
		}
		for i := 2; i < end; i += width {
			if bytes.Count(v[i:i+width], []byte{0}) == width {
				return false
			}
		}
		v = v[end:]
	}
	return true
}

// hasSet reports whether a path of four-octet numbers has an AS_SET or an
// AS_CONFED_SET.
func hasSet(v []byte) bool {
	for len(v) >= 2 && len(v) >= 2+4*int(v[1]) {
		if v[0] == 1 || v[0] == 4 {
			return true
		}
		v = v[2+4*int(v[1]):]
	}
	return false
}

// judgeAggregator is RFC 7606 §7.7.
func judgeAggregator(v []byte, as4 bool) uint8 {
	n := octetsOf(as4)
	switch {
	case len(v) != n+4:
		return subLength
	case bytes.Count(v[:n], []byte{0}) == n:
		return subOptional
	}
	return 0
}

func judgeAS4Aggregator(v []byte, _ bool) uint8 { return judgeAggregator(v, true) }

func judgeAS4Path(v []byte, _ bool) uint8 {
	if len(v) < 6 || !segmentsFit(v, 4) {
		return subOptional
	}
	return 0
}

func judgeAIGP(v []byte, _ bool) uint8 {
	if len(v) == 0 {
		return subOptional
	}
	for len(v) > 0 {
		if len(v) < 3 {
			return subOptional
		}
		n := be16(v[1:])
		if n < 3 || n > len(v) || v[0] == 1 && n != 11 {
			return subOptional
		}
		v = v[n:]
	}
	return 0
}

// judgeLinkState wants whole TLVs (RFC 9552 §5.1); what is in them is for who uses them.
func judgeLinkState(v []byte, _ bool) uint8 {
	for len(v) > 0 {
		if len(v) < 4 || 4+be16(v[2:]) > len(v) {
			return subOptional
		}
		v = v[4+be16(v[2:]):]
	}
	return 0
}

// widened is an AS_PATH of 2-octet numbers with 4-octet ones.
func widened(v []byte) []byte {
	var out []byte
	for len(v) > 0 {
		n := int(v[1])
		out = append(out, v[:2]...)
		for i := range n {
			out = append(out, 0, 0, v[2+2*i], v[3+2*i])
		}
		v = v[2+2*n:]
	}
	return out
}

// merge is RFC 6793 §4.2.3: what a speaker of 2-octet numbers has passed on in
// AS4_AGGREGATOR and AS4_PATH takes its place.
func (r *inRead) merge() {
	agg, path := r.find(7), r.find(2)
	if agg != nil && r.as4Agg != nil {
		if binary.BigEndian.Uint32([]byte(agg.Value)) != 23456 {
			return // "both … SHALL be ignored"
		}
		agg.Value = string(r.as4Agg)
	}
	if path != nil && r.as4Path != nil {
		path.Value = string(mergePaths([]byte(path.Value), r.as4Path))
	}
}

func (r *inRead) find(t uint8) *InAttr {
	for i := range r.attrs {
		if r.attrs[i].Type == t {
			return &r.attrs[i]
		}
	}
	return nil
}
