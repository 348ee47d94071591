package check_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/rib"
	"github.com/peerloom/peerloom/sim/check"
)

// pair is the Adj-RIB-Out and the model of it, given the same events.
type pair struct {
	out     *rib.Out
	model   *check.OutModel
	options codec.Options
	up      bool
	log     []string
}

func newPair(c check.OutConfig) *pair {
	return &pair{
		log:   []string{fmt.Sprintf("group %v, manual eor %v", c.Group, c.ManualEOR)},
		out:   rib.NewOut(rib.Config{Interner: rib.NewInterner(), Group: c.Group, ManualEOR: c.ManualEOR}),
		model: check.NewOutModel(c),
	}
}

// ribOps says the same operations in rib's words.
func ribOps(ops []check.Op) []rib.Op {
	var out []rib.Op
	for _, o := range ops {
		out = append(out, rib.Op{Kind: rib.OpKind(o.Kind), Origin: rib.Origin(o.Origin), NLRI: o.NLRI,
			Attrs: o.Attrs, Family: o.Family, Raw: o.Raw})
	}
	return out
}

func (p *pair) apply(t require.TestingT, ops []check.Op) {
	p.note("batch", ops)
	p.out.Apply(ribOps(ops))
	p.model.Apply(ops)
}

func (p *pair) note(what string, ops []check.Op) {
	line := what
	for _, o := range ops {
		line += "; " + opText(o)
	}
	p.log = append(p.log, line)
}

func opText(o check.Op) string {
	switch o.Kind {
	case check.OpAnnounce:
		return check.Expect{Kind: check.ExpectAnnounce, NLRIs: []codec.NLRI{o.NLRI}, Attrs: o.Attrs}.String()
	case check.OpWithdraw:
		return check.Expect{Kind: check.ExpectWithdraw, NLRIs: []codec.NLRI{o.NLRI}, Attrs: o.Attrs}.String()
	}
	names := [...]string{check.OpFlush: "flush", check.OpClear: "clear", check.OpRefresh: "refresh",
		check.OpEndOfRIB: "announce eor", check.OpRouteRefresh: "announce route-refresh", check.OpRaw: "raw"}
	if o.Family == 0 {
		return names[o.Kind]
	}
	return names[o.Kind] + " " + check.Expect{Kind: check.ExpectEndOfRIB, Family: o.Family}.String()[len("End-of-RIB of "):]
}

// pull lets up to n messages through and shows them to the model.
func (p *pair) pull(t require.TestingT, n int) {
	for ; n > 0; n-- {
		msg, _, ok := p.out.Pull(make([]byte, 0, p.options.Max()))
		if !ok {
			return
		}
		p.log = append(p.log, "  pulled")
		if err := p.model.Observe(msg); err != nil {
			require.NoError(t, err, "%v", p.story())
		}
	}
}

func (p *pair) story() string {
	s := "the story so far:\n"
	for _, l := range p.log {
		s += "  " + l + "\n"
	}
	return s
}

// quiet drains the queue and asks the model whether anything is missing.
func (p *pair) quiet(t require.TestingT) {
	p.pull(t, 1<<20)
	require.False(t, p.out.Ready(), "Ready after Pull gave nothing")
	if err := p.model.Quiet(); err != nil {
		require.NoError(t, err, "%v", p.story())
	}
}

func (p *pair) start(s check.OutSession) {
	p.options, p.up = s.Options, true
	p.log = append(p.log, fmt.Sprintf("up: families %x, add-path %x, enhanced refresh %v", s.Families, s.Options.AddPath, s.EnhancedRefresh))
	p.out.Up(rib.Session{Families: s.Families, Options: s.Options, Export: s.Export, EnhancedRefresh: s.EnhancedRefresh})
	p.model.Up(s)
}

func (p *pair) stop() {
	p.up = false
	p.log = append(p.log, "down")
	p.out.Down()
	p.model.Down()
}

// universe is small, so that commands meet.
var families = codec.FamilySet{codec.IPv4Unicast, codec.IPv4Multicast, codec.IPv6Unicast}

func drawNLRI(t *rapid.T) codec.NLRI {
	f := rapid.SampledFrom([]codec.Family{codec.IPv4Unicast, codec.IPv4Unicast, codec.IPv4Unicast, codec.IPv6Unicast, codec.IPv4Multicast}).Draw(t, "family")
	i := rapid.ByteRange(1, 3).Draw(t, "host")
	path := rapid.SampledFrom([]uint32{0, 0, 0, 1, 2}).Draw(t, "path")
	if f == codec.IPv6Unicast {
		return codec.PrefixNLRI(f, netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 1, 15: i}), 128), path)
	}
	if i == 3 {
		// A shorter one may fit where the others do not.
		return codec.PrefixNLRI(f, netip.PrefixFrom(netip.AddrFrom4([4]byte{192}), 8), path)
	}
	return codec.PrefixNLRI(f, netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 168, 0, i}), 32), path)
}

func drawAttrs(t *rapid.T, f codec.Family) codec.Attrs {
	hop := netip.AddrFrom4([4]byte{10, 0, 0, 1})
	if f == codec.IPv6Unicast {
		hop = netip.AddrFrom16([16]byte{0x20, 1, 15: 0xff})
	}
	a := codec.Attrs{codec.NextHop(hop)}
	if m := rapid.Uint32Range(0, 3).Draw(t, "med"); m > 0 {
		a = a.With(codec.MED(m))
	}
	if rapid.IntRange(0, 7).Draw(t, "long") == 7 {
		// At the edge of what fits, with and without a path identifier.
		a = a.With(codec.Communities(make([]uint32, rapid.IntRange(995, 1012).Draw(t, "communities"))...))
	}
	return a
}

// export refuses MED 3, so that a route can be wanted and not sent.
func export(f codec.Family, a codec.Attrs) (codec.Attrs, bool) {
	if m, ok := a.Uint32(codec.AttrMED); ok && m == 3 {
		return nil, false
	}
	return ibgp(f, a)
}

func drawSession(t *rapid.T) check.OutSession {
	s := session(rapid.Bool().Draw(t, "enhanced"))
	s.Families = rapid.SampledFrom([]codec.FamilySet{families, families[:1], families[2:]}).Draw(t, "families")
	if rapid.Bool().Draw(t, "add-path") {
		s.Options.AddPath = s.Families[:1]
	}
	s.Export = export
	return s
}

func drawBatch(t *rapid.T, kinds []check.OpKind) []check.Op {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) check.Op {
		o := check.Op{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
		switch o.Kind {
		case check.OpAnnounce:
			o.Origin, o.NLRI = check.FromAPI, drawNLRI(t)
			o.Attrs = drawAttrs(t, o.NLRI.Family)
		case check.OpWithdraw:
			o.Origin, o.NLRI = check.FromAPI, drawNLRI(t)
		case check.OpFlush:
			o.Family = rapid.SampledFrom([]codec.Family{0, 0, codec.IPv4Unicast, codec.IPv6Unicast}).Draw(t, "family")
		case check.OpRaw:
			o.Raw = message(6, "0001 0005 00010100")
		case check.OpClear:
		default:
			o.Family = rapid.SampledFrom(families).Draw(t, "family")
		}
		return o
	}), 1, 6).Draw(t, "batch")
}

var commandKinds = []check.OpKind{check.OpAnnounce, check.OpAnnounce, check.OpAnnounce, check.OpAnnounce, check.OpWithdraw,
	check.OpWithdraw, check.OpFlush, check.OpClear, check.OpEndOfRIB, check.OpRouteRefresh, check.OpRaw}

// TestAdjOutAgainstModel gives rib.Out and the model the same events in the
// same order, pulls when it likes, and compares every message.
func TestAdjOutAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPair(check.OutConfig{Group: rapid.Bool().Draw(t, "group"), ManualEOR: rapid.Bool().Draw(t, "manual eor")})
		if rapid.Bool().Draw(t, "up at once") {
			p.start(drawSession(t))
		}
		t.Repeat(map[string]func(*rapid.T){
			"batch": func(t *rapid.T) { p.apply(t, drawBatch(t, commandKinds)) },
			"pull":  func(t *rapid.T) { p.pull(t, rapid.IntRange(1, 3).Draw(t, "messages")) },
			"drain": func(t *rapid.T) { p.quiet(t) },
			"refresh": func(t *rapid.T) {
				p.apply(t, []check.Op{{Kind: check.OpRefresh, Family: rapid.SampledFrom(families).Draw(t, "family")}})
			},
			"burst": func(t *rapid.T) {
				f := rapid.SampledFrom(families).Draw(t, "family")
				for range rapid.IntRange(7, 12).Draw(t, "requests") {
					p.apply(t, []check.Op{{Kind: check.OpRefresh, Family: f}})
				}
			},
			"clone": func(t *rapid.T) {
				out, model := p.out.Clone(), p.model.Clone()
				require.Equal(t, string(p.out.AppendState(nil)), string(out.AppendState(nil)), "a clone is in another state")
				p.apply(t, drawBatch(t, commandKinds)) // of the one that is left behind
				p.quiet(t)
				p.out, p.model = out, model
				p.log = append(p.log, "back to before the last batch")
			},
			"configure": func(t *rapid.T) {
				ops := drawBatch(t, []check.OpKind{check.OpAnnounce})
				for i := range ops {
					ops[i].Origin = check.FromConfig
				}
				p.note("configure", ops)
				p.out.Configure(ribOps(ops))
				p.model.Configure(ops)
			},
			"reset": func(t *rapid.T) {
				if p.up {
					p.stop()
				}
				if rapid.Bool().Draw(t, "up again") {
					p.start(drawSession(t))
				}
			},
		})
		p.quiet(t)
	})
}
