package rib

import "github.com/peerloom/peerloom/codec"

// SetModes changes Config.Group and Config.ManualEOR while no session is up.
func (o *Out) SetModes(group, manualEOR bool) {
	o.config.Group, o.config.ManualEOR = group, manualEOR
}

// Configure sets the configured routes, in configuration order, shadowed ones
// included: at the start, and as a difference to what was configured before on
// reload. It is a batch of its own. A route that somebody else wrote since is
// not touched.
func (o *Out) Configure(routes []Op) Ticket {
	before := lastNamed(o.configured)
	now := lastNamed(routes)
	var batch []Op
	for i := range o.configured {
		op := &o.configured[i]
		k := op.NLRI.Key()
		if _, stays := now[k]; !stays && before[k] == i && o.owns(k) {
			batch = append(batch, Op{Kind: OpWithdraw, Origin: FromConfig, NLRI: op.NLRI})
		}
	}
	for i := range routes {
		op := &routes[i]
		k := op.NLRI.Key()
		old, had := before[k]
		if now[k] != i || had && o.configured[old].NLRI == op.NLRI && o.configured[old].Attrs.Equal(op.Attrs) || !o.vacant(k) {
			continue
		}
		batch = append(batch, Op{Kind: OpAnnounce, Origin: FromConfig, NLRI: op.NLRI, Attrs: op.Attrs})
	}
	o.Adopt(routes)
	t := o.Apply(batch)
	o.silent = false
	return t
}

// Adopt says what is configured now, where batches have brought that about
// already: what the next Configure compares with, and nothing more.
func (o *Out) Adopt(routes []Op) {
	o.shadowed = o.shadows(routes)
	o.configured = make([]Op, len(routes))
	for i := range routes {
		o.configured[i] = Op{Kind: OpAnnounce, Origin: FromConfig, NLRI: routes[i].NLRI, Attrs: routes[i].Attrs.Clone()}
	}
}

// lastNamed is where each NLRI is named last.
func lastNamed(ops []Op) map[codec.Key]int {
	m := make(map[codec.Key]int, len(ops))
	for i := range ops {
		m[ops[i].NLRI.Key()] = i
	}
	return m
}

// owns reports whether k is in want by the configuration.
func (o *Out) owns(k codec.Key) bool {
	t := o.table(k.Family)
	p := t.live(k)
	return p != none && t.places[p].origin == FromConfig
}

// vacant reports whether the configuration may write k.
func (o *Out) vacant(k codec.Key) bool {
	return o.table(k.Family).live(k) == none || o.owns(k)
}

// shadows is the namings of an NLRI that a later, different one replaces.
func (o *Out) shadows(routes []Op) []shadowOp {
	next := make([]*AttrSet, len(routes)) // the naming that follows each
	last := map[codec.Key]*AttrSet{}
	for i := len(routes) - 1; i >= 0; i-- {
		k := routes[i].NLRI.Key()
		next[i] = last[k]
		last[k] = o.config.Interner.Intern(routes[i].Attrs)
	}
	var out []shadowOp
	for i := range routes {
		if set := o.config.Interner.Intern(routes[i].Attrs); next[i] != nil && next[i] != set {
			out = append(out, shadowOp{routes[i].NLRI, set})
		}
	}
	return out
}
