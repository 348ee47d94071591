package rib

import (
	"cmp"
	"iter"
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// Session is what an Out must know of the session that came up.
type Session struct {
	Families codec.FamilySet
	Options  codec.Options // for encoding
	// Export makes of a route's attributes those that this session sends
	// (defaults, AS_PATH, LOCAL_PREF, next hop), and false when the route must
	// not be sent: then a withdrawal carries them, but for the next hop. It is
	// pure: the result depends on its arguments alone.
	Export func(f codec.Family, a codec.Attrs) (codec.Attrs, bool)
	// EnhancedRefresh: both ends advertised it (RFC 7313): a flush and a
	// refresh stand between BoRR and EoRR.
	EnhancedRefresh bool
}

// Config is what an Out is for all its life.
type Config struct {
	Interner *Interner
	// Group puts NLRI with equal attributes into one UPDATE (IPv4 unicast and
	// MCAST-VPN only, as ExaBGP's group-updates); false: one NLRI a message.
	Group bool
	// ManualEOR: no automatic End-of-RIB.
	ManualEOR bool
	// QueueBound overrides 65,536 in max(65,536, |want ∪ told|); 0: 65,536.
	QueueBound int
}

// Ticket marks a place in the queue: everything that was queued up to then.
type Ticket uint64

// Out is one peer's Adj-RIB-Out: want, told and queue (the contract is in
// docs/ADJ-RIB-OUT.md).
type Out struct {
	config Config
	tables []*table // by family

	configured []Op       // what the configuration said last
	shadowed   []shadowOp // earlier namings of a configured NLRI

	up      bool
	session Session
	exports map[exportKey]*export
	// silent: the initial table was empty and no batch has come since.
	silent bool
	part   uint64 // the part of a batch that is being applied
	batch  part

	queue
	cursor  cursor
	tooLong []codec.NLRI
	scratch []codec.NLRI
	trial   []byte // room for a message that is made to see whether it fits
}

type shadowOp struct {
	nlri codec.NLRI
	set  *AttrSet
}

// NewOut makes an empty Adj-RIB-Out of a session that is down.
func NewOut(c Config) *Out {
	return &Out{config: c}
}

// find is the index of the table of f, or where it would be.
func (o *Out) find(f codec.Family) (int, bool) {
	return slices.BinarySearchFunc(o.tables, f, func(t *table, f codec.Family) int { return cmp.Compare(t.family, f) })
}

// table finds or adds the table of f.
func (o *Out) table(f codec.Family) *table {
	i, ok := o.find(f)
	if !ok {
		t := newTable(f, o.config.Interner)
		t.negotiated = o.up && o.session.Families.Has(f)
		t.addPath = o.up && o.session.Options.AddPath.Has(f)
		o.tables = slices.Insert(o.tables, i, t)
	}
	return o.tables[i]
}

// Up starts a session: the initial table and the End-of-RIBs are queued.
func (o *Out) Up(s Session) {
	o.Down()
	o.up, o.session, o.exports = true, s, map[exportKey]*export{}
	o.part++
	for _, f := range s.Families {
		o.table(f)
	}
	for _, t := range o.tables {
		t.negotiated = s.Families.Has(t.family)
		t.addPath = s.Options.AddPath.Has(t.family)
		if t.negotiated {
			o.tellAll(t)
		}
	}
	o.silent = true
	for _, s := range o.shadowed {
		o.queueShadow(s)
	}
	for _, t := range o.tables {
		if t.count > 0 {
			o.silent = false
			o.pushBlock(t, workTable)
		}
	}
	for _, t := range o.tables {
		if t.negotiated && !o.config.ManualEOR {
			t.eor = true
			o.push(work{kind: workEndOfRIB, nlri: codec.NLRI{Family: t.family}})
		}
	}
}

// tellAll puts into told all that the session may send.
func (o *Out) tellAll(t *table) {
	for i := range t.places {
		p := &t.places[i]
		if !p.live {
			continue
		}
		n := t.sessionNLRI(t.nlri(p))
		if t.winner(n.Key()) != int32(i) {
			continue
		}
		if set := o.export(t.attrs(p), n, true); set != nil {
			t.start(int32(i), set, o.part)
		}
	}
}

// queueShadow queues an earlier naming of a configured NLRI, while the NLRI
// itself follows in the initial table.
func (o *Out) queueShadow(s shadowOp) {
	t := o.table(s.nlri.Family)
	n := t.sessionNLRI(s.nlri)
	if !t.negotiated || !t.tells(t.winner(n.Key())) {
		return
	}
	if set := o.export(s.set, n, true); set != nil {
		o.push(work{kind: workAnnounce, nlri: n, set: set})
	}
}

// Down ends the session: told and queue are gone, want stays.
func (o *Out) Down() {
	o.up, o.session, o.exports = false, Session{}, nil
	o.queue, o.cursor, o.tooLong = queue{}, cursor{}, nil
	for _, t := range o.tables {
		t.told = told{}
		for i := range t.places {
			t.places[i].last = none
		}
		t.compact()
	}
}

// Want iterates over want: families in order, each in insertion order (f 0:
// every family).
func (o *Out) Want(f codec.Family) iter.Seq[Route] {
	return func(yield func(Route) bool) {
		for _, t := range o.tables {
			if f != 0 && f != t.family {
				continue
			}
			for i := range t.places {
				if p := &t.places[i]; p.live && !yield(Route{t.nlri(p), t.attrs(p), p.origin}) {
					return
				}
			}
		}
	}
}

// Told iterates over told, attributes as this session encodes them: families
// in order, each in the order that its routes have in want.
func (o *Out) Told(f codec.Family) iter.Seq[Route] {
	return func(yield func(Route) bool) {
		for _, t := range o.tables {
			if f != 0 && f != t.family {
				continue
			}
			for i := range t.places {
				if v := t.current(int32(i)); v.place != none && !yield(Route{v.nlri, v.set, t.places[i].origin}) {
					return
				}
			}
		}
	}
}

// Len is the sizes of want, told and queue. A block in the queue counts as one
// and each value that it needs and want no longer has as one more.
func (o *Out) Len() (want, told, queue int) {
	for _, t := range o.tables {
		want += t.index.count
		told += t.count
		queue += len(t.ended)
	}
	return want, told, queue + o.size
}

// Clone is an independent copy that shares the interner.
func (o *Out) Clone() *Out {
	c := *o
	c.tables = make([]*table, len(o.tables))
	for i, t := range o.tables {
		c.tables[i] = t.clone()
	}
	c.configured = slices.Clone(o.configured)
	c.shadowed = slices.Clone(o.shadowed)
	c.exports = nil
	if o.up {
		c.exports = map[exportKey]*export{} // only a cache
	}
	c.batch = part{}
	c.queue.works = slices.Clone(o.works[o.head:])
	c.queue.head = 0
	c.cursor.order = slices.Clone(o.cursor.order)
	c.tooLong = slices.Clone(o.tooLong)
	c.scratch, c.trial = nil, nil
	return &c
}
