package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
)

// MRT types (RFC 6396 §4) that hold BGP.
const (
	mrtTable   = 12
	mrtTableV2 = 13
	mrtBGP     = 16
	mrtBGPET   = 17 // with microseconds
)

// mrtMax bounds a record: a whole BGP message or table entry is far shorter.
const mrtMax = 1 << 20

const mrtHead = 12

// mrtHeader is the common header (RFC 6396 §2).
type mrtHeader struct {
	at            uint32
	kind, subtype uint16
	length        uint32
}

func parseMRTHeader(b []byte) mrtHeader {
	return mrtHeader{
		binary.BigEndian.Uint32(b), binary.BigEndian.Uint16(b[4:]), binary.BigEndian.Uint16(b[6:]), binary.BigEndian.Uint32(b[8:]),
	}
}

// plausible reports whether this is the header of a record: the types of RFC
// 6396 §4 and of the IANA registry go up to 64, subtypes to 16.
func (h mrtHeader) plausible() bool {
	return h.kind >= 5 && h.kind <= 64 && h.subtype <= 32 && h.length <= mrtMax
}

func isMRT(head []byte) bool {
	return len(head) >= mrtHead && parseMRTHeader(head).plausible()
}

// mrt is an MRT file being read.
type mrt struct {
	*source
	yield  func(*Record) bool
	offset int64
	peers  []netip.Addr // of the last PEER_INDEX_TABLE
}

func readMRT(src *source, yield func(*Record) bool) {
	m := &mrt{source: src, yield: yield}
	for m.next() {
	}
}

// next reads one record; false at the end of the file or of interest.
func (m *mrt) next() bool {
	head, err := m.Peek(mrtHead)
	if err != nil {
		m.fail(err)
		if len(head) > 0 {
			m.give(&Record{Err: fmt.Errorf("%d octets at the end are no record", len(head))})
		}
		return false
	}
	h := parseMRTHeader(head)
	if !h.plausible() {
		return m.resync()
	}
	body := make([]byte, h.length)
	_, _ = m.Discard(mrtHead)
	n, err := io.ReadFull(m, body)
	if err != nil {
		m.fail(err)
		m.give(&Record{Err: fmt.Errorf("a record of %d octets, of which %d are there", h.length, n)})
		return false
	}
	ok := m.record(h, body)
	m.offset += mrtHead + int64(h.length)
	return ok
}

// resync goes on at what looks like a header again.
func (m *mrt) resync() bool {
	at := m.offset
	for {
		_, _ = m.Discard(1)
		m.offset++
		head, err := m.Peek(mrtHead)
		if err != nil || parseMRTHeader(head).plausible() {
			ok := m.yield(&Record{Offset: at, Err: fmt.Errorf("%d octets are no MRT record", m.offset-at)})
			return ok && err == nil
		}
	}
}

// give yields a record of the present offset.
func (m *mrt) give(r *Record) bool {
	r.Offset = m.offset
	return m.yield(r)
}

// errShort is a record whose lengths do not add up.
var errShort = errors.New("the record is shorter than its fields")

// record reads the body of one.
func (m *mrt) record(h mrtHeader, body []byte) bool {
	at := time.Unix(int64(h.at), 0).UTC()
	f := &fields{b: body}
	if h.kind == mrtBGPET {
		at = at.Add(time.Duration(f.u32()) * time.Microsecond)
	}
	ok := true
	switch h.kind {
	case mrtBGP, mrtBGPET:
		ok = m.message(at, h.subtype, f)
	case mrtTable:
		ok = m.entry(at, h.subtype, f)
	case mrtTableV2:
		ok = m.table(at, h.subtype, f)
	}
	if ok && f.short {
		return m.give(&Record{Time: at, Err: errShort})
	}
	return ok
}

// messageSubtype is one of BGP4MP (RFC 6396 §4.4, RFC 8050 §4).
type messageSubtype struct{ as4, addPath, state bool }

func messageSubtypes() map[uint16]messageSubtype {
	return map[uint16]messageSubtype{
		0: {state: true}, 5: {state: true, as4: true},
		1: {}, 4: {as4: true}, 6: {}, 7: {as4: true},
		8: {addPath: true}, 9: {as4: true, addPath: true}, 10: {addPath: true}, 11: {as4: true, addPath: true},
	}
}

// message reads BGP4MP_MESSAGE and its like; changes of state are no messages.
func (m *mrt) message(at time.Time, subtype uint16, f *fields) bool {
	s, known := messageSubtypes()[subtype]
	if !known || s.state {
		return true
	}
	var as [2]uint32 // peer, local
	for i := range as {
		if s.as4 {
			as[i] = f.u32()
		} else {
			as[i] = uint32(f.u16())
		}
	}
	f.u16() // interface
	afi := f.u16()
	from, to := f.addr(afi), f.addr(afi)
	if f.short {
		return true
	}
	o := m.settings.Options
	o.AS4, o.IBGP = s.as4, as[0] == as[1]
	if s.addPath {
		o.AddPath = codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast, codec.IPv4Multicast, codec.IPv6Multicast}
	}
	r := &Record{Time: at, From: netip.AddrPortFrom(from, 0), To: netip.AddrPortFrom(to, 0), Options: o}
	var st stream
	more := true
	each := func(x found) bool {
		r.Message, r.Err = x.message, x.err
		more = m.give(r)
		return more
	}
	if st.write(f.rest(), each) {
		st.end(each)
	}
	return more
}

// fields reads a record from the front. Past its end everything is zero, and
// short is set.
type fields struct {
	b     []byte
	short bool
}

func (f *fields) take(n int) []byte {
	if n > len(f.b) {
		f.short, f.b = true, nil
		return make([]byte, n)
	}
	v := f.b[:n:n]
	f.b = f.b[n:]
	return v
}

func (f *fields) u8() byte    { return f.take(1)[0] }
func (f *fields) u16() uint16 { return binary.BigEndian.Uint16(f.take(2)) }
func (f *fields) u32() uint32 { return binary.BigEndian.Uint32(f.take(4)) }

func (f *fields) rest() []byte { return f.take(len(f.b)) }

// addr reads an address of the family.
func (f *fields) addr(afi uint16) netip.Addr {
	n := 4
	if afi == uint16(codec.AFIIPv6) {
		n = 16
	}
	a, _ := netip.AddrFromSlice(f.take(n))
	return a
}
