package check

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// InLimit is the most routes of a family that the peer may have announced.
type InLimit struct {
	AFI  uint16
	SAFI uint8
	Max  uint32
}

// Subcodes of Cease (RFC 4486 §3, RFC 8538 §3.1).
const (
	subPrefixes  = 1
	subHardReset = 9
)

// exceeds ends the session where the table has more routes of a family than
// it may (RFC 4271 §6.7): a route that is announced again counts once, one that is
// withdrawn not at all, and one that is kept for a peer that restarts as any other.
func (m *InModel) exceeds() {
	for _, l := range m.cfg.Limits {
		f := inFamily{l.AFI, l.SAFI}
		if m.count(f) <= l.Max {
			continue
		}
		// RFC 4486 §4: AFI, SAFI and the upper bound.
		data := append(binary.BigEndian.AppendUint16(nil, l.AFI), l.SAFI)
		m.fatal(&inError{code: codeCease, sub: subPrefixes, data: binary.BigEndian.AppendUint32(data, l.Max), fixed: true})
		return
	}
}

func (m *InModel) count(f inFamily) uint32 {
	k := uint32(0)
	for i := range m.routes {
		if m.routes[i].key.family == f {
			k++
		}
	}
	for i := range m.kept {
		if m.kept[i].key.family == f {
			k++
		}
	}
	return k
}

// judgeLimit judges a Cease where due is due, which may be nothing: one about
// too many prefixes leaves when there are, and not else. Others may come between.
func judgeLimit(due *inError, established bool, sub uint8, data []byte) error {
	if sub == subHardReset && len(data) >= 2 && data[0] == codeCease { // RFC 8538 §3.1: what it would have been is inside
		sub, data = data[1], data[2:]
	}
	if sub != subPrefixes {
		return nil
	}
	got := fmt.Sprintf("NOTIFICATION 6/1 with data %x", data)
	switch {
	case due != nil && due.code == codeCease && !bytes.Equal(data, due.data):
		return violated(InNotify, due.String(), got)
	case due == nil && established:
		return violated(InNotify, "no NOTIFICATION about prefixes: the peer is within its limits", got)
	}
	return nil
}
