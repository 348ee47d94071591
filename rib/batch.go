package rib

import (
	"cmp"
	"slices"

	"github.com/peerloom/peerloom/codec"
)

// refreshMax is how many refresh requests of one family the queue holds.
const refreshMax = 8

// part is a part of a batch, up to a barrier or the batch's end.
type part struct {
	touches []touch
	index   map[name]int // of touches, by the session's key
	order   []int        // of commands: indexes of touches, the last of each counts
	wiped   []work       // withdrawals of a clear that is all there is
	flushed codec.FamilySet
	all     bool // flush every family
}

// touch is what a part does to one NLRI of the session.
type touch struct {
	nlri      codec.NLRI
	key       name
	before    value // told before the part
	last      OpKind
	at        int  // index in order of the last command
	named     bool // a withdraw named it
	announced bool // an announcement did
	group     bool // the last command's Op.Group
	attrs     codec.Attrs
}

// Apply applies one batch, atomically, and returns the place in the queue that
// covers all that it caused. It works the same while the session is down.
func (o *Out) Apply(batch []Op) Ticket {
	o.part++
	for i := range batch {
		if i == len(batch)-1 && batch[i].Kind == OpClear && len(o.batch.touches) == 0 {
			o.wipe()
			break
		}
		o.apply(&batch[i])
	}
	o.endPart()
	if len(batch) > 0 {
		o.silent = false
	}
	return Ticket(o.part)
}

func (o *Out) apply(op *Op) {
	switch op.Kind {
	case OpAnnounce:
		t := o.table(op.NLRI.Family)
		if h := o.touch(t, op.NLRI, OpAnnounce); h != nil {
			h.announced, h.group = true, op.Group
		}
		t.put(op.NLRI, o.config.Interner.Intern(op.Attrs), op.Origin)
	case OpWithdraw:
		t := o.table(op.NLRI.Family)
		if op.Origin == FromConfig {
			// A reload names nothing: like a clear, it withdraws what was told.
			o.touch(t, op.NLRI, OpClear)
		} else if h := o.touch(t, op.NLRI, OpWithdraw); h != nil {
			h.named, h.attrs, h.group = true, op.Attrs, op.Group
		}
		t.remove(op.NLRI.Key())
	case OpClear:
		o.clear()
	case OpFlush:
		if op.Family == 0 {
			o.batch.all = true
		} else if !o.batch.flushed.Has(op.Family) {
			o.batch.flushed = append(o.batch.flushed, op.Family)
		}
	default:
		o.endPart()
		o.barrier(op)
	}
}

// barrier queues what stands between two parts of a batch.
func (o *Out) barrier(op *Op) {
	if !o.up {
		return
	}
	if op.Kind == OpRaw {
		if len(op.Raw) >= codec.HeaderLen && len(op.Raw) <= o.session.Options.Max() {
			o.push(work{kind: workRaw, nlri: codec.NLRI{Wire: string(op.Raw)}})
		}
		return
	}
	if !o.session.Families.Has(op.Family) {
		return
	}
	t := o.table(op.Family)
	switch op.Kind {
	case OpEndOfRIB:
		o.push(work{kind: workEndOfRIB, nlri: codec.NLRI{Family: op.Family}})
		t.eor = true
		for _, k := range t.held {
			o.pushBlock(t, k)
		}
		t.held = nil
	case OpRouteRefresh:
		o.push(work{kind: workAsk, nlri: codec.NLRI{Family: op.Family}})
	case OpRefresh:
		switch {
		case t.refreshes+len(t.held) >= refreshMax: // merges with the last
		case !t.eor:
			t.held = append(t.held, workRefresh)
		default:
			o.pushBlock(t, workRefresh)
		}
	}
	o.part++
}

// touch notes that a command of kind k is about to change n. It is nil where
// the peer is told nothing of n's family.
func (o *Out) touch(t *table, n codec.NLRI, k OpKind) *touch {
	if !o.up || !t.negotiated {
		return nil
	}
	n = t.sessionNLRI(n)
	return o.touchKey(t, t.sets.key(n.Key()), n, k)
}

// touchKey is touch where the session's NLRI and its key are known.
func (o *Out) touchKey(t *table, key name, n codec.NLRI, k OpKind) *touch {
	b := &o.batch
	i, ok := b.index[key]
	if !ok {
		if b.index == nil {
			b.index = map[name]int{}
		}
		i = len(b.touches)
		b.index[key] = i
		b.touches = append(b.touches, touch{key: key, before: t.current(t.winnerOf(key))})
	}
	h := &b.touches[i]
	h.nlri = n // the labels of the last command count
	h.last, h.at, h.attrs, h.group = k, len(b.order), nil, false
	b.order = append(b.order, i)
	return h
}

// wipe is a clear as the last command of a part that has touched nothing: what
// was told is withdrawn, without a note of each route.
func (o *Out) wipe() {
	for _, t := range o.tables {
		o.batch.wiped = slices.Grow(o.batch.wiped, t.count)
		for i := range t.places {
			p := &t.places[i]
			if v := t.current(int32(i)); v.place != none {
				t.end(v, o.part)
				o.batch.wiped = append(o.batch.wiped, work{kind: workWithdraw, nlri: v.nlri, set: carried(v.nlri.Family, v.set)})
			}
			p.live = false
		}
		t.index = index{}
		clear(t.paths)
	}
}

func (o *Out) clear() {
	for _, t := range o.tables {
		for i := range t.places {
			p := &t.places[i]
			if !p.live {
				continue
			}
			o.clearPlace(t, p)
			p.live = false
		}
		t.index = index{}
		clear(t.paths)
	}
}

func (o *Out) clearPlace(t *table, p *place) {
	if !o.up || !t.negotiated {
		return
	}
	n, k := t.nlri(p), t.sets.keyOf(p.name)
	if !t.addPath && n.PathID != 0 {
		k = t.base(k)
	}
	o.touchKey(t, k, t.sessionNLRI(n), OpClear)
}

// endPart turns what the part did into work: refresh blocks, withdrawals,
// announcements.
func (o *Out) endPart() {
	b := &o.batch
	if o.up {
		withdraws, announces := o.settlePart()
		for _, t := range o.tables {
			o.flush(t)
		}
		o.pushGroups(withdraws)
		o.pushGroups(announces)
		o.bound()
	}
	for _, t := range o.tables {
		t.compact()
	}
	o.part++
	if len(b.touches) > 1024 {
		*b = part{}
		return
	}
	clear(b.index)
	clear(b.touches)
	b.touches, b.order, b.wiped, b.flushed, b.all = b.touches[:0], b.order[:0], nil, nil, false
}

// flushes reports whether the part has a block of t. One in brackets waits for
// the family's End-of-RIB (RFC 7313 §4), and is then no block of this part.
func (o *Out) flushes(t *table) bool { return o.flushed(t) && !o.early(t) }

func (o *Out) flushed(t *table) bool {
	return t.negotiated && (o.batch.all || o.batch.flushed.Has(t.family))
}

func (o *Out) early(t *table) bool { return o.session.EnhancedRefresh && !t.eor }

func (o *Out) flush(t *table) {
	switch {
	case o.flushes(t):
		o.pushBlock(t, workFlush)
	case o.flushed(t) && t.refreshes+len(t.held) < refreshMax:
		t.held = append(t.held, workFlush)
	}
}

// settlePart brings told to what want has become and returns what the peer is
// to hear of it, in the order of the commands that count.
func (o *Out) settlePart() (withdraws, announces []work) {
	withdraws = o.batch.wiped
	for at, i := range o.batch.order {
		h := &o.batch.touches[i]
		if h.at != at {
			continue // a later command of the same NLRI counts
		}
		t := o.table(h.nlri.Family)
		win := t.winnerOf(h.key)
		var was, now *AttrSet
		same := false
		relabeled := false
		if win != none {
			p := &t.places[win]
			h.nlri = t.sessionNLRI(t.nlri(p))
			now = o.export(t.attrs(p), h.nlri, h.last == OpAnnounce)
		}
		if h.before.place != none {
			was = h.before.set
			relabeled = h.before.nlri != h.nlri && now != nil
			same = was == now && h.before.place == win && !relabeled
			if !same {
				t.end(h.before, o.part)
			}
		}
		if now != nil && !same {
			t.start(win, now, o.part)
		}
		switch {
		case now != nil && (was != now || relabeled || h.named && (h.announced || !same)):
			if !o.flushes(t) {
				announces = append(announces, work{kind: workAnnounce, group: h.group, nlri: h.nlri, set: now})
			}
		case now == nil && (was != nil || h.last == OpWithdraw && !o.silent):
			withdraws = append(withdraws, work{kind: workWithdraw, group: h.group, nlri: h.nlri, set: o.withdrawSet(h, was)})
		}
	}
	return withdraws, announces
}

// pushGroups queues work by attribute set and then family, both in the order
// of their first NLRI. What may share a message is sorted by wire bytes; the
// rest stays in the order given.
func (o *Out) pushGroups(list []work) {
	if len(list) > 1 {
		type group struct {
			set    *AttrSet
			family codec.Family
		}
		sets, groups := map[*AttrSet]int{}, map[group]int{}
		for i := range list {
			g := group{list[i].set, list[i].nlri.Family}
			if _, ok := sets[g.set]; !ok {
				sets[g.set] = len(sets)
			}
			if _, ok := groups[g]; !ok {
				groups[g] = len(groups)
			}
		}
		slices.SortStableFunc(list, func(x, y work) int {
			return cmp.Or(cmp.Compare(sets[x.set], sets[y.set]),
				cmp.Compare(groups[group{x.set, x.nlri.Family}], groups[group{y.set, y.nlri.Family}]))
		})
	}
	run := 0 // where the pieces that may share a message begin
	for i := range list {
		w := &list[i]
		w.more = i+1 < len(list) && list[i+1].set == w.set && list[i+1].nlri.Family == w.nlri.Family &&
			(o.grouped(w.nlri.Family) || w.group && list[i+1].group)
		if !w.more {
			sortRun(list[run : i+1])
			run = i + 1
		}
	}
	o.pushAll(list)
}

// sortRun sorts by wire bytes what may share a message.
func sortRun(run []work) {
	slices.SortFunc(run, func(x, y work) int { return x.nlri.Compare(y.nlri) })
	for i := range run {
		run[i].more = i+1 < len(run)
	}
}
