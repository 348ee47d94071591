package rib

import (
	"encoding/binary"

	"github.com/peerloom/peerloom/codec"
)

// AppendState appends a canonical encoding of want, told and queue, for state
// de-duplication: two Outs of one Config, whose sessions (if up) are equal,
// behave the same for ever where their bytes are equal. Tickets, part numbers
// and indexes are history and are not in it.
func (o *Out) AppendState(b []byte) []byte {
	more := o.settle()
	b = append(b, flag(o.up), flag(o.silent))
	for _, t := range o.tables {
		b = t.appendState(b)
	}
	b = append(b, 0)
	b = binary.AppendUvarint(b, uint64(len(o.configured)))
	for i := range o.configured {
		op := &o.configured[i]
		b = appendSet(appendNLRI(b, op.NLRI), o.config.Interner.Intern(op.Attrs))
	}
	b = binary.AppendUvarint(b, uint64(len(o.tooLong)))
	for _, n := range o.tooLong {
		b = appendNLRI(b, n)
	}
	if !more {
		return b
	}
	begun, sent := o.cursor.begun, o.cursor.sent
	for i := o.head; i < len(o.works); i++ {
		w := &o.works[i]
		if w.kind == workDropped {
			continue
		}
		b = append(b, byte(w.kind), flag(o.joined(i)))
		b = appendNLRI(b, w.nlri)
		if w.set != nil {
			b = appendSet(b, w.set)
		}
		if w.kind.block() {
			b = append(b, flag(i == o.head && begun), flag(i == o.head && sent))
			b = o.appendRest(b, w, i == o.head && begun)
		}
	}
	return b
}

// joined reports whether the next live piece after i may share its message.
func (o *Out) joined(i int) bool {
	for ; o.works[i].more; i++ {
		if o.works[i+1].kind != workDropped {
			return true
		}
	}
	return false
}

// appendRest appends the routes that block w has yet to send, in order. The
// walk sorts buckets and marks them, so it goes over a copy when the block at
// the head is in the middle of one.
func (o *Out) appendRest(b []byte, w *work, begun bool) []byte {
	if o.cursor.begun {
		o = o.Clone()
	}
	keep := o.cursor
	if !begun {
		o.cursor = cursor{}
	}
	for v := o.seek(w); v.place != none; v = o.seek(w) {
		b = appendSet(appendNLRI(append(b, 1), v.nlri), v.set)
		o.cursor.at++
	}
	o.cursor = keep
	return append(b, 0)
}

func (t *table) appendState(b []byte) []byte {
	if t.index.count == 0 && !t.eor && len(t.held) == 0 && t.refreshes == 0 {
		return b // as a table that was never made
	}
	b = append(b, 1)
	b = binary.AppendUvarint(b, uint64(t.family))
	b = append(b, flag(t.eor), byte(t.refreshes), byte(len(t.held)))
	for _, k := range t.held {
		b = append(b, byte(k))
	}
	b = binary.AppendUvarint(b, uint64(t.index.count))
	for i := range t.places {
		p := &t.places[i]
		if !p.live {
			continue
		}
		b = appendSet(append(appendNLRI(b, t.nlri(p)), byte(p.origin)), t.attrs(p))
		v := t.current(int32(i))
		b = append(b, flag(v.place != none))
		if v.place != none && v.set != t.attrs(p) {
			b = appendSet(append(b, 1), v.set)
		} else {
			b = append(b, 0)
		}
	}
	return b
}

func appendNLRI(b []byte, n codec.NLRI) []byte {
	b = binary.AppendUvarint(b, uint64(n.Family))
	b = binary.AppendUvarint(b, uint64(n.PathID))
	b = binary.AppendUvarint(b, uint64(len(n.Wire)))
	return append(b, n.Wire...)
}

func appendSet(b []byte, s *AttrSet) []byte {
	b = append(b, 0, 0, 0, 0)
	at := len(b)
	b = s.Attrs.AppendCanonical(b)
	binary.BigEndian.PutUint32(b[at-4:at], uint32(len(b)-at))
	return b
}

func flag(v bool) byte {
	if v {
		return 1
	}
	return 0
}
