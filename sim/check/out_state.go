package check

import (
	"encoding/binary"
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// Clone is an independent copy.
func (m *OutModel) Clone() *OutModel {
	c := *m
	c.config = slices.Clone(m.config)
	c.want = m.want.clone()
	c.told = m.told.clone()
	c.queue = slices.Clone(m.queue)
	c.ended = slices.Clone(m.ended)
	c.waiting = slices.Clone(m.waiting)
	c.view, c.reader = *m.view.Clone(), reader{}
	return &c
}

// AppendState appends bytes that are equal for two models of one configuration
// exactly when they expect the same of every future. Of a session that is up,
// its negotiated values are taken to be the same.
func (m *OutModel) AppendState(b []byte) []byte {
	b = appendRoutes(b, m.config)
	b = appendTable(b, &m.want)
	b = appendBool(b, m.up)
	if !m.up {
		return b
	}
	b = appendTable(b, &m.told)
	b = appendBool(b, m.emptyStart && !m.batched)
	b = binary.AppendUvarint(b, uint64(len(m.queue)))
	for _, e := range m.queue {
		b = e.appendState(b)
	}
	// Only membership counts, so the order of the session's families will do.
	for _, f := range m.session.Families {
		b = appendBool(b, slices.Contains(m.ended, f))
	}
	b = binary.AppendUvarint(b, uint64(len(m.waiting)))
	for _, r := range m.waiting {
		b = binary.AppendUvarint(b, uint64(r.family))
		b = appendBool(b, r.request)
	}
	return m.view.AppendState(b)
}

func (e Expect) appendState(b []byte) []byte {
	b = append(b, byte(e.Kind), byte(e.Subtype))
	b = binary.AppendUvarint(b, uint64(e.Family))
	b = appendBool(b, e.request)
	b = appendBool(b, e.block)
	b = appendAttrs(b, e.Attrs)
	b = binary.AppendUvarint(b, uint64(len(e.NLRIs)))
	for _, n := range e.NLRIs {
		b = appendKey(b, n)
	}
	b = binary.AppendUvarint(b, uint64(len(e.Raw)))
	return append(b, e.Raw...)
}

func appendRoutes(b []byte, list []route) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for i := range list {
		b = list[i].appendState(b)
	}
	return b
}

func appendTable(b []byte, t *table) []byte {
	b = binary.AppendUvarint(b, uint64(t.size()))
	for _, r := range t.all {
		b = r.appendState(b)
	}
	return b
}

func (r *route) appendState(b []byte) []byte {
	b = appendKey(b, r.nlri)
	b = append(b, byte(r.origin))
	return appendAttrs(b, r.attrs)
}

func appendKey(b []byte, n codec.NLRI) []byte {
	b = binary.AppendUvarint(b, uint64(n.Family))
	b = binary.AppendUvarint(b, uint64(n.PathID))
	b = binary.AppendUvarint(b, uint64(len(n.Wire)))
	return append(b, n.Wire...)
}

func appendAttrs(b []byte, a codec.Attrs) []byte {
	b = binary.AppendUvarint(b, uint64(len(a)))
	for _, x := range a {
		b = append(b, byte(x.Type), byte(x.Flags))
		b = binary.AppendUvarint(b, uint64(len(x.Value)))
		b = append(b, x.Value...)
	}
	return b
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}
