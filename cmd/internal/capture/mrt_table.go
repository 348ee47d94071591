package capture

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// peerIndexTable names the peers of the table that follows (RFC 6396 §4.3.1).
const peerIndexTable = 1

// tableSubtype is one of TABLE_DUMP_V2 (RFC 6396 §4.3, RFC 8050 §4.1). Family 0
// is RIB_GENERIC, where it stands in the record.
type tableSubtype struct {
	family  codec.Family
	addPath bool
}

func tableSubtypes() map[uint16]tableSubtype {
	return map[uint16]tableSubtype{
		2: {codec.IPv4Unicast, false}, 3: {codec.IPv4Multicast, false}, 4: {codec.IPv6Unicast, false}, 5: {codec.IPv6Multicast, false}, 6: {},
		8: {codec.IPv4Unicast, true}, 9: {codec.IPv4Multicast, true}, 10: {codec.IPv6Unicast, true}, 11: {codec.IPv6Multicast, true}, 12: {0, true},
	}
}

// table reads a record of TABLE_DUMP_V2: one prefix, and what each peer says of
// it.
func (m *mrt) table(at time.Time, subtype uint16, f *fields) bool {
	if subtype == peerIndexTable {
		m.index(f)
		return true
	}
	s, known := tableSubtypes()[subtype]
	if !known {
		return true
	}
	f.u32() // sequence number
	generic := s.family == 0
	if generic {
		afi := f.u16()
		s.family = codec.MakeFamily(codec.AFI(afi), codec.SAFI(f.u8()))
	}
	nlri := f.nlri(s.family)
	for range f.u16() {
		peer := int(f.u16())
		f.u32() // when it came: the record's time is that of the table
		path := []byte(nil)
		if s.addPath {
			path = f.take(4)
		}
		attrs := f.take(int(f.u16()))
		if f.short {
			return true
		}
		r := &Record{Time: at, Options: m.settings.Options}
		r.Options.AS4 = true // whatever the session was (RFC 6396 §4.3.4)
		if s.addPath {
			r.Options.AddPath = codec.FamilySet{s.family}
		}
		if peer < len(m.peers) {
			r.From = netip.AddrPortFrom(m.peers[peer], 0)
		}
		if !m.announce(r, s.family, append(path, nlri...), attrs, !generic) {
			return false
		}
	}
	return true
}

// index reads the PEER_INDEX_TABLE.
func (m *mrt) index(f *fields) {
	f.u32() // collector
	f.take(int(f.u16()))
	m.peers = nil
	for range f.u16() {
		kind := f.u8()
		f.u32() // identifier
		afi := codec.AFIIPv4
		if kind&1 != 0 {
			afi = codec.AFIIPv6
		}
		p := f.addr(uint16(afi))
		if kind&2 != 0 {
			f.u32() // AS
		} else {
			f.u16()
		}
		if f.short {
			return
		}
		m.peers = append(m.peers, p)
	}
}

// entry reads a record of TABLE_DUMP, whose AS numbers have 2 octets (RFC 6396
// §4.2).
func (m *mrt) entry(at time.Time, subtype uint16, f *fields) bool {
	family := codec.MakeFamily(codec.AFI(subtype), codec.SAFI(1))
	if family != codec.IPv4Unicast && family != codec.IPv6Unicast {
		return true
	}
	f.take(4) // view, sequence number
	prefix, bits := f.addr(subtype), int(f.u8())
	f.u8()  // status
	f.u32() // when it came
	peer := f.addr(subtype)
	f.u16() // AS
	attrs := f.take(int(f.u16()))
	if f.short {
		return true
	}
	p, err := prefix.Prefix(bits)
	if err != nil {
		return m.give(&Record{Time: at, Err: err})
	}
	r := &Record{Time: at, From: netip.AddrPortFrom(peer, 0), Options: m.settings.Options}
	r.Options.AS4 = false
	return m.announce(r, family, []byte(codec.PrefixNLRI(family, p, 0).Wire), attrs, false)
}

// nlri takes an NLRI of the family: a prefix has its length in bits before it,
// and any other (RIB_GENERIC) is one NLRI of its own form.
func (f *fields) nlri(family codec.Family) []byte {
	for r, err := range codec.NLRIs(family, f.b, false) {
		if err != nil {
			break
		}
		return f.take(len(r.Bytes))
	}
	f.short = true
	return nil
}

// announce yields the UPDATE that a peer with these path attributes would have
// sent for the NLRI.
func (m *mrt) announce(r *Record, family codec.Family, nlri, attrs []byte, short bool) bool {
	msg, err := update(family, nlri, attrs, short)
	r.Message, r.Err, r.Table = msg, err, true
	if len(msg) > codec.MaxLen {
		r.Options.MaxLen = codec.MaxExtendedLen
	}
	return m.give(r)
}

// update writes the message. The MP_REACH_NLRI of a table entry is short: it
// has the next hop and its length only (RFC 6396 §4.3.4), which some writers
// do not keep to.
func update(family codec.Family, nlri, attrs []byte, short bool) ([]byte, error) {
	var block, reach []byte
	for rest := attrs; len(rest) > 0; {
		head, n := 3, 0
		if len(rest) >= 4 && codec.AttrFlags(rest[0])&codec.FlagExtended != 0 {
			head, n = 4, int(binary.BigEndian.Uint16(rest[2:]))
		} else if len(rest) >= 3 {
			n = int(rest[2])
		}
		if len(rest) < head+n {
			block = append(block, rest...) // the decoder says what is wrong
			break
		}
		if codec.AttrType(rest[1]) == codec.AttrMPReach {
			reach = rest[head : head+n]
		} else {
			block = append(block, rest[:head+n]...)
		}
		rest = rest[head+n:]
	}
	classic := family == codec.IPv4Unicast && reach == nil
	if !classic {
		hop := nextHop(reach, short)
		v := append([]byte{byte(family.AFI() >> 8), byte(family.AFI()), byte(family.SAFI()), byte(len(hop))}, hop...)
		v = append(append(v, 0), nlri...)
		block = append(append(block, byte(codec.FlagOptional|codec.FlagExtended), byte(codec.AttrMPReach), byte(len(v)>>8), byte(len(v))), v...)
		nlri = nil
	}
	total := codec.HeaderLen + 4 + len(block) + len(nlri)
	if total > codec.MaxExtendedLen {
		return nil, fmt.Errorf("an entry of %d octets of path attributes", len(attrs))
	}
	msg := append([]byte(marker), byte(total>>8), byte(total), byte(codec.MsgUpdate), 0, 0, byte(len(block)>>8), byte(len(block)))
	return append(append(msg, block...), nlri...), nil
}

// nextHop is the next hop of an MP_REACH_NLRI, short or whole.
func nextHop(v []byte, short bool) []byte {
	if short && len(v) > 0 && int(v[0]) == len(v)-1 {
		return v[1:]
	}
	if len(v) > 4 && 4+int(v[3]) <= len(v) {
		return v[4 : 4+int(v[3])]
	}
	return nil
}
