package check

import (
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// command is the last thing that a batch said about an NLRI.
type command uint8

const (
	byAnnounce command = iota + 1
	byWithdraw
	byClear
	byConfiguration
)

// touch is what one part of a batch did to one NLRI.
type touch struct {
	nlri      codec.NLRI
	last      command
	named     bool        // it was withdrawn by name
	announced bool        // it was announced by name
	group     bool        // the last command was of a group
	attrs     codec.Attrs // of the last withdrawal
	before    codec.NLRI  // the path that counted before the batch
	had       bool        // there was one
}

// part is a batch, or what is between two barriers of one.
type part struct {
	touched   []touch // in the order of the last command on each
	refreshes []refresh
}

// touch moves n to the end of the order and gives it for marking: the last
// command wins, as if those before it had not been given.
func (p *part) touch(m *OutModel, n codec.NLRI) *touch {
	t := touch{}
	if i := p.find(m, n); i >= 0 {
		t = p.touched[i]
		p.touched = slices.Delete(p.touched, i, i+1)
	} else if c := m.counting(n); c >= 0 {
		t.before, t.had = m.want.list[c].nlri, true
	}
	t.nlri, t.group = n, false
	p.touched = append(p.touched, t)
	return &p.touched[len(p.touched)-1]
}

func (p *part) find(m *OutModel, n codec.NLRI) int {
	for i := range p.touched {
		if m.key(p.touched[i].nlri) == m.key(n) {
			return i
		}
	}
	return -1
}

func (m *OutModel) applyPart(ops []Op) {
	p := part{touched: make([]touch, 0, len(ops))}
	for _, o := range ops {
		switch o.Kind {
		case OpAnnounce:
			t := p.touch(m, o.NLRI)
			t.announced, t.last, t.attrs, t.group = true, byAnnounce, nil, o.Group
			m.want.put(route{nlri: o.NLRI, attrs: o.Attrs, origin: o.Origin})
		case OpWithdraw:
			t := p.touch(m, o.NLRI)
			t.last, t.attrs, t.group = byConfiguration, nil, o.Group
			if o.Origin != FromConfig { // a watchdog names no route
				t.named, t.last, t.attrs = true, byWithdraw, o.Attrs
			}
			m.want.remove(o.NLRI)
		case OpClear:
			m.clear(&p)
		case OpFlush:
			for _, f := range m.session.Families {
				if o.Family == 0 || o.Family == f {
					p.refreshes = append(p.refreshes, refresh{family: f})
				}
			}
		case OpRefresh:
			p.refreshes = append(p.refreshes, refresh{family: o.Family, request: true})
		}
	}
	m.emit(p)
}

// clear empties want. What of it was told is withdrawn family by family in
// want's order; what the batch has withdrawn already keeps its place.
func (m *OutModel) clear(p *part) {
	for _, f := range m.session.Families {
		for i, r := range m.want.all {
			if r.nlri.Family == f && m.counting(r.nlri) == i && m.toldAt(r.nlri) >= 0 {
				t := p.touch(m, r.nlri)
				t.last, t.attrs = byClear, nil
			}
		}
	}
	for i := range p.touched {
		if m.counting(p.touched[i].nlri) >= 0 {
			p.touched[i].last, p.touched[i].attrs = byClear, nil
		}
	}
	m.want = table{}
}

// emit queues what the part causes: refresh blocks, withdrawals, announcements.
func (m *OutModel) emit(p part) {
	if !m.up {
		return
	}
	blocks := m.blocks(p.refreshes)
	var withdrawn, announced []route
	for _, t := range p.touched {
		e, wanted := m.exported(t.nlri)
		if !wanted && m.mustWithdraw(t) {
			r := m.withdrawal(t)
			r.group = t.group
			withdrawn = append(withdrawn, r)
		}
		if wanted && !slices.Contains(blocks, t.nlri.Family) && m.mustAnnounce(t, e) {
			e.group = t.group
			announced = append(announced, e)
		}
	}
	m.withdraw(withdrawn)
	m.announce(announced)
}

// mustWithdraw: every route in told, and a route withdrawn by name even if it
// was never told, except in the first batch of a session whose initial table
// was empty (contract 6).
func (m *OutModel) mustWithdraw(t touch) bool {
	if m.toldAt(t.nlri) >= 0 {
		return true
	}
	first := m.emptyStart && !m.batched
	return t.last == byWithdraw && !first && m.session.Families.Has(t.nlri.Family)
}

// mustAnnounce: what differs from told, and what equals it when the batch also
// withdrew the NLRI by name and announced it, or uncovered another path of it
// (contracts 1 and 4).
func (m *OutModel) mustAnnounce(t touch, e route) bool {
	i := m.toldAt(t.nlri)
	if i < 0 || m.told.list[i].nlri != e.nlri || !sameSets(m.told.list[i].attrs, e.attrs) {
		return true // other labels are news as other attributes are
	}
	c := m.counting(t.nlri)
	uncovered := !t.had || m.want.list[c].nlri != t.before
	return t.named && (t.announced || uncovered)
}

// withdrawal is (NLRI, attributes): outside IPv4 and IPv6 unicast and multicast
// it carries the attributes of the command that names it, or those told (contract 6).
func (m *OutModel) withdrawal(t touch) route {
	r := route{nlri: m.onWire(t.nlri)}
	f := t.nlri.Family
	plain := f == codec.IPv4Unicast || f == codec.IPv4Multicast || f == codec.IPv6Unicast || f == codec.IPv6Multicast
	if plain {
		return r
	}
	if i := m.toldAt(t.nlri); i >= 0 {
		r.attrs = m.told.list[i].attrs
	}
	if t.last == byWithdraw {
		a, ok := m.session.Export(f, t.attrs)
		if r.attrs = a; !ok { // a withdrawal may lack a next hop
			r.attrs = a.Without(codec.AttrNextHop)
		}
	}
	return r
}

func (m *OutModel) toldAt(n codec.NLRI) int { return m.told.find(m.onWire(n)) }

// announce queues announcements and tells them.
func (m *OutModel) announce(list []route) {
	for _, r := range list {
		m.told.put(r)
	}
	m.group(ExpectAnnounce, list)
}

// withdraw queues withdrawals.
func (m *OutModel) withdraw(list []route) {
	for _, r := range list {
		m.told.remove(r.nlri)
	}
	m.group(ExpectWithdraw, list)
}

// group queues one kind of change: attribute sets in insertion order, in each
// the families in insertion order, in each the NLRI: in one UPDATE sorted by
// wire bytes where updates are grouped, else one message each (contract 3).
func (m *OutModel) group(kind ExpectKind, list []route) {
	for len(list) > 0 {
		attrs, family := list[0].attrs, list[0].nlri.Family
		// Another family of the same attribute set goes before another set.
		for again := true; again; {
			nlris, shared := make([]codec.NLRI, 0, len(list)), make([]bool, 0, len(list))
			var rest []route
			for _, r := range list {
				if sameSets(r.attrs, attrs) && r.nlri.Family == family {
					nlris, shared = append(nlris, r.nlri), append(shared, r.group)
				} else {
					rest = append(rest, r)
				}
			}
			m.push(Expect{Kind: kind, Family: family, Attrs: attrs, NLRIs: nlris}, shared)
			list, again = rest, false
			for _, r := range list {
				if sameSets(r.attrs, attrs) {
					family, again = r.nlri.Family, true
					break
				}
			}
		}
	}
}

// push queues the routes of e: all in one message where updates are grouped,
// else one in each, but for those side by side that say that they share one.
func (m *OutModel) push(e Expect, shared []bool) {
	all := m.cfg.Group && (e.Family == codec.IPv4Unicast || e.Family.SAFI() == codec.IPv4MVPN.SAFI())
	for start, i := 0, 1; i <= len(e.NLRIs); i++ {
		if i < len(e.NLRIs) && (all || shared[i-1] && shared[i]) {
			continue
		}
		one := e
		one.NLRIs = e.NLRIs[start:i:i]
		slices.SortFunc(one.NLRIs, compareNLRI)
		m.queue = append(m.queue, one)
		start = i
	}
}

// sameSets reports whether two sets as a session sends them are one, with the
// Partial bit of each attribute.
func sameSets(a, b codec.Attrs) bool {
	if !sameAttrs(a, b) {
		return false
	}
	for i := range a {
		if a[i].Flags != b[i].Flags {
			return false
		}
	}
	return true
}
