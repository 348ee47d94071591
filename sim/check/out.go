package check

import (
	"iter"
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// refreshBound is how many requests of one family may wait unanswered; more
// merge with the last that has not begun (contract 7).
const refreshBound = 8

// OutModel is the contract of one peer's Adj-RIB-Out, as plainly as it can be
// said.
type OutModel struct {
	cfg     OutConfig
	config  []route // as configured, shadowed ones included
	want    table
	up      bool
	session OutSession
	// Everything below belongs to the session and ends with it.
	told       table    // exported attributes
	queue      []Expect // not yet received
	emptyStart bool     // the initial table was empty
	batched    bool     // a batch has been applied
	ended      []codec.Family
	waiting    []refresh // blocks that wait for their family's End-of-RIB
	view       PeerView
	reader     reader // its buffers are used again
	bounded    bool   // the queue was at its bound
}

// refresh is a refresh block to be made: a peer's request, or a flush.
type refresh struct {
	family  codec.Family
	request bool
}

// NewOutModel is the model of a peer without routes whose session is down.
func NewOutModel(c OutConfig) *OutModel { return &OutModel{cfg: c} }

// Configure sets the configured routes, at the start or on reload (contract
// 11): it is a batch that withdraws what left and announces what came or
// changed, and touches no entry of another origin.
func (m *OutModel) Configure(ops []Op) {
	before := winners(m.config)
	m.config = routesOf(ops)
	after := winners(m.config)
	p := part{}
	for _, r := range before.all {
		if after.find(r.nlri) >= 0 {
			continue
		}
		if i := m.want.find(r.nlri); i >= 0 && m.want.list[i].origin == FromConfig {
			p.touch(m, r.nlri).last = byConfiguration
			m.want.remove(r.nlri)
		}
	}
	for _, r := range after.all {
		if i := before.find(r.nlri); i >= 0 && sameSets(before.list[i].attrs, r.attrs) {
			continue
		}
		if i := m.want.find(r.nlri); i >= 0 && m.want.list[i].origin != FromConfig {
			continue
		}
		t := p.touch(m, r.nlri)
		t.announced, t.last = true, byConfiguration
		m.want.put(*r)
	}
	m.emit(p)
	m.shorten()
	m.batched = m.up
}

// Adopt says what is configured now, where batches have brought that about
// already: a watchdog announced or withdrew it. A reload compares with it.
func (m *OutModel) Adopt(ops []Op) { m.config = routesOf(ops) }

// Reconfigure is Configure where what cannot change in a session may change
// too: then the session is down.
func (m *OutModel) Reconfigure(c OutConfig, ops []Op) {
	m.cfg = c
	m.Configure(ops)
}

// Apply applies one batch. It works the same while the session is down, when
// only want changes.
func (m *OutModel) Apply(batch []Op) {
	if m.up && !m.session.RouteRefresh { // the command is not for this peer
		batch = slices.DeleteFunc(slices.Clone(batch), func(o Op) bool { return o.Kind == OpRouteRefresh })
	}
	if len(batch) == 0 {
		return
	}
	for start, i := 0, 0; i <= len(batch); i++ {
		if i < len(batch) && !batch[i].barrier() {
			continue
		}
		m.applyPart(batch[start:i])
		start = i + 1
		if i < len(batch) {
			m.applyBarrier(batch[i])
		}
	}
	m.shorten()
	m.batched = m.up
}

// Up starts a session: shadowed routes, want, End-of-RIB (contracts 8 and 9).
func (m *OutModel) Up(s OutSession) {
	m.Down()
	m.up, m.session = true, s
	m.view = *NewPeerView(s.Options)
	for _, r := range m.shadowed() {
		if e, ok := m.exported(r.nlri); ok && s.Families.Has(r.nlri.Family) {
			if a, ok := m.encoded(e.nlri, r.attrs); ok {
				e.attrs = a
				m.announce([]route{e})
			}
		}
	}
	for _, f := range s.Families {
		m.announce(m.table(f))
	}
	m.emptyStart = len(m.queue) == 0
	if m.cfg.ManualEOR {
		return
	}
	for _, f := range s.Families {
		m.endOfRIB(f)
	}
}

// Down ends the session: told and queue are gone, want stays (contract 9).
func (m *OutModel) Down() {
	*m = OutModel{cfg: m.cfg, config: m.config, want: m.want}
}

// Expected is what has not been received yet.
func (m *OutModel) Expected() []Expect { return m.queue }

// Wanted are the routes that the peer shall have, as they were given, in the order
// in which they came.
func (m *OutModel) Wanted() iter.Seq2[codec.NLRI, codec.Attrs] {
	return func(yield func(codec.NLRI, codec.Attrs) bool) {
		for i := range m.want.list {
			if e := &m.want.list[i]; !e.gone && !yield(e.nlri, e.attrs) {
				return
			}
		}
	}
}

// Pending is how many messages are due, and whether refresh blocks wait that
// will become more.
func (m *OutModel) Pending() (messages int, blocks bool) { return len(m.queue), len(m.waiting) > 0 }

// Flushing reports whether the next message due is of a flush or a refresh.
func (m *OutModel) Flushing() bool { return len(m.queue) > 0 && m.queue[0].block }

// View is what the peer of the present session has, by what it received.
func (m *OutModel) View() *PeerView { return &m.view }

// shadowed lists the configured routes whose NLRI a later one names again with
// other attributes, in configuration order. They leave in every initial table
// in which the NLRI is: contract 1 stands above contract 8.
func (m *OutModel) shadowed() []route {
	var out []route
	var later table
	for _, r := range slices.Backward(m.config) {
		if i := later.find(r.nlri); i >= 0 && !sameSets(later.list[i].attrs, r.attrs) {
			out = append(out, r)
		}
		later.put(r)
	}
	slices.Reverse(out)
	return out
}

// key is the identity of an NLRI in the session: without ADD-PATH all paths of
// a prefix are one NLRI (contract 1).
func (m *OutModel) key(n codec.NLRI) codec.Key {
	k := keyOf(n)
	if !m.session.Options.AddPath.Has(n.Family) {
		k = anyPath(k)
	}
	return k
}

// onWire is the NLRI as the session writes it.
func (m *OutModel) onWire(n codec.NLRI) codec.NLRI {
	if !m.session.Options.AddPath.Has(n.Family) {
		n.PathID = 0
	}
	return n
}

// counting is the place in want of the entry that counts for n in this
// session: the last of those that are one NLRI; -1 when there is none.
func (m *OutModel) counting(n codec.NLRI) int {
	if m.session.Options.AddPath.Has(n.Family) {
		return m.want.find(n)
	}
	return m.want.findPrefix(n)
}

// exported is what the session's peer shall have for n.
func (m *OutModel) exported(n codec.NLRI) (route, bool) {
	i := m.counting(n)
	if i < 0 || !m.session.Families.Has(n.Family) {
		return route{}, false
	}
	a, ok := m.encoded(m.onWire(n), m.want.list[i].attrs)
	return route{nlri: m.onWire(n), attrs: a}, ok
}

// encoded is a as the session sends it for n, false where it must not be sent
// or cannot fit a message (contract 1).
func (m *OutModel) encoded(n codec.NLRI, a codec.Attrs) (codec.Attrs, bool) {
	a, ok := m.session.Export(n.Family, a)
	if !ok {
		return nil, false
	}
	return a, messageLen(n, a, &m.session.Options) <= m.session.Options.Max()
}

// messageLen is the length of an UPDATE that announces n alone, counted from
// the formats of RFC 4271 §4.3, RFC 4760 §3 and RFC 6793 §4.2.2.
func messageLen(n codec.NLRI, a codec.Attrs, o *codec.Options) int {
	const fixed = 19 + 2 + 2 // header, withdrawn routes length, path attributes length
	nlri, total := len(n.Wire), fixed
	if o.AddPath.Has(n.Family) {
		nlri += 4
	}
	for _, x := range a {
		size := len(x.Value)
		if !o.AS4 {
			var shadow int
			if size, shadow = narrowed(x); shadow > 0 {
				total += attrLen(shadow, false)
			}
		}
		if x.Type == codec.AttrNextHop && (n.Family != codec.IPv4Unicast || size != 4) {
			size += 2 + 1 + 1 + 1 + nlri // MP_REACH_NLRI: AFI, SAFI, length, reserved, NLRI
			nlri = 0
		}
		total += attrLen(size, x.Flags&codec.FlagExtended != 0)
	}
	return total + nlri
}

// attrLen is the length of an attribute whose value has so many octets.
func attrLen(size int, extended bool) int {
	if extended || size > 255 {
		return 4 + size
	}
	return 3 + size
}

// narrowed are the lengths of an attribute's value with 2-octet AS numbers, and of
// AS4_PATH or AS4_AGGREGATOR beside it where a number is lost; 0: none is.
func narrowed(x codec.Attr) (size, shadow int) {
	v := x.Value
	switch {
	case x.Type == codec.AttrAggregator && len(v) == 8:
		if be16(v) != 0 {
			shadow = 8
		}
		return 6, shadow
	case x.Type != codec.AttrASPath:
		return len(v), 0
	}
	lost := false
	for len(v) >= 2 {
		n := int(v[1])
		size += 2 + 2*n
		if v[0] <= 2 { // confederation segments are not of AS4_PATH (RFC 6793 §4.2.2)
			shadow += 2 + 4*n
			for i := range n {
				lost = lost || be16(v[2+4*i:]) != 0
			}
		}
		v = v[2+4*n:]
	}
	if !lost {
		shadow = 0
	}
	return size, shadow
}

// table is export(want) of one family (0: of all), in insertion order.
func (m *OutModel) table(f codec.Family) []route {
	out := make([]route, 0, m.want.size())
	for i, r := range m.want.all {
		if f != 0 && r.nlri.Family != f || m.counting(r.nlri) != i {
			continue
		}
		if e, ok := m.exported(r.nlri); ok {
			out = append(out, e)
		}
	}
	return out
}

// winners are the last configured route of each NLRI, in configuration order.
func winners(config []route) table {
	var backward, out table
	for _, r := range slices.Backward(config) {
		if backward.find(r.nlri) < 0 {
			backward.put(r)
		}
	}
	for _, r := range slices.Backward(backward.list) {
		out.put(r.route)
	}
	return out
}

func routesOf(ops []Op) []route {
	out := make([]route, len(ops))
	for i, o := range ops {
		out[i] = route{nlri: o.NLRI, attrs: o.Attrs, origin: FromConfig}
	}
	return out
}
