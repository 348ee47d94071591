package check

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
)

// Oper is an OPERATIONAL message (draft-ietf-idr-operational-message) as a command's
// words have it.
type Oper struct {
	Type              uint16 // index into operNames
	AFI               uint16
	SAFI              uint8
	Advisory          string
	RouterID          netip.Addr // 0.0.0.0: the sender's own
	Sequence, Counter uint32
}

// operNames are the words for types 1 to 8, as ExaBGP numbers them.
var operNames = [...]string{"", "adm", "asm", "rpcq", "rpcp", "apcq", "apcp", "lpcq", "lpcp"}

// advisory reports whether a text is all that follows the family.
func (o *Oper) advisory() bool { return o.Type <= 2 }

// reply reports whether a counter is at the end: in each answer to a query.
func (o *Oper) reply() bool { return !o.advisory() && o.Type%2 == 0 }

// message is the whole message of a sender with that identifier.
func (o *Oper) message(id [4]byte) []byte {
	v := append(binary.BigEndian.AppendUint16(nil, o.AFI), o.SAFI)
	if o.advisory() {
		v = append(v, o.Advisory...)
	} else {
		if o.RouterID != netip.IPv4Unspecified() {
			id = o.RouterID.As4()
		}
		v = binary.BigEndian.AppendUint32(append(v, id[:]...), o.Sequence)
		if o.reply() {
			v = binary.BigEndian.AppendUint32(v, o.Counter)
		}
	}
	var b []byte
	for range 16 {
		b = append(b, 0xff)
	}
	b = append(binary.BigEndian.AppendUint16(b, uint16(16+2+1+4+len(v))), 6)
	b = binary.BigEndian.AppendUint16(b, o.Type)
	return append(binary.BigEndian.AppendUint16(b, uint16(len(v))), v...)
}

func (o *Oper) text() string { return fmt.Sprintf(" %+v", *o) }

// SaysOper is the message that leaves where o is commanded; nil where the ends have
// not both offered the capability.
func (w *WireChecker) SaysOper(o *Oper) []byte {
	if !w.negotiated || !w.sent.open.oper || !w.received.open.oper {
		return nil
	}
	return o.message(w.sent.open.id)
}

// operational reads the words behind "announce operational".
func (w *said) operational(s *Said) { s.Oper = w.oper() }

// oper reads the words of a message; nil where they are wrong.
func (w *said) oper() *Oper {
	o := &Oper{Type: uint16(max(0, slices.Index(operNames[:], w.next()))), RouterID: netip.IPv4Unspecified()}
	afi, words := "", w.words
	if len(words) > 3 && words[0] == "afi" && words[2] == "safi" {
		afi, w.words = words[1], words[3:]
	}
	w.words = append([]string{afi}, w.words...)
	o.AFI, o.SAFI = w.family()
	for len(w.words) > 0 && !w.wrong {
		o.word(w)
	}
	if w.wrong = w.wrong || o.Type == 0 || o.advisory() && o.Advisory == ""; w.wrong {
		return nil
	}
	return o
}

// word reads one name and its value.
func (o *Oper) word(w *said) {
	switch {
	case o.advisory() && w.take("advisory"):
		o.Advisory = w.next()
	case !o.advisory() && w.take("router-id"):
		o.RouterID = w.address(w.next())
		w.wrong = w.wrong || !o.RouterID.Is4()
	case !o.advisory() && w.take("sequence"):
		o.Sequence = w.number(w.next(), 32)
	case o.reply() && w.take("counter"):
		o.Counter = w.number(w.next(), 32)
	default:
		w.wrong = true
	}
}
