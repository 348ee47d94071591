package check_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
)

// event is a batch (with batch set), a configuration, or a session event.
type event struct {
	batch, config []check.Op
	configure     bool
	up, down      bool
	enhanced      bool
}

func drawOps(t *rapid.T, kinds []check.OpKind) []check.Op {
	var ops []check.Op
	for range rapid.IntRange(1, 6).Draw(t, "ops") {
		o := check.Op{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
		i, hop := rapid.ByteRange(1, 4).Draw(t, "host"), rapid.ByteRange(1, 3).Draw(t, "hop")
		switch o.Kind {
		case check.OpAnnounce:
			o = announce(i, hop)
		case check.OpWithdraw:
			o = withdraw(i)
		default:
			o.Family = codec.IPv4Unicast
		}
		ops = append(ops, o)
	}
	return ops
}

func drawEvent(t *rapid.T) event {
	any := []check.OpKind{check.OpAnnounce, check.OpAnnounce, check.OpAnnounce, check.OpWithdraw, check.OpWithdraw,
		check.OpFlush, check.OpClear, check.OpEndOfRIB, check.OpRouteRefresh}
	switch rapid.IntRange(0, 9).Draw(t, "event") {
	case 0:
		return event{up: true, enhanced: rapid.Bool().Draw(t, "enhanced")}
	case 1:
		return event{down: true}
	case 2:
		return event{configure: true, config: drawOps(t, []check.OpKind{check.OpAnnounce})}
	case 3:
		return event{batch: b(refresh)}
	}
	return event{batch: drawOps(t, any)}
}

func feed(m *check.OutModel, e event) {
	switch {
	case e.up:
		m.Up(session(e.enhanced))
	case e.down:
		m.Down()
	case e.configure:
		m.Configure(e.config)
	default:
		m.Apply(e.batch)
	}
}

// octets writes an expected message by hand.
func octets(e check.Expect) []byte {
	hosts := func() []byte {
		var is []byte
		for _, n := range e.NLRIs {
			is = append(is, n.Wire[len(n.Wire)-1])
		}
		return is
	}
	switch e.Kind {
	case check.ExpectAnnounce:
		hop, _ := e.Attrs.Get(codec.AttrNextHop)
		return reach(hop.Value[3], hosts()...)
	case check.ExpectWithdraw:
		return unreach(hosts()...)
	case check.ExpectEndOfRIB:
		return eor()
	}
	return message(5, "0001"+hexByte(byte(e.Subtype))+"01")
}

// drain lets the peer receive up to n messages and gives them as text.
func drain(t *rapid.T, m *check.OutModel, n int) []string {
	var seen []string
	for ; n > 0 && len(m.Expected()) > 0; n-- {
		e := m.Expected()[0]
		seen = append(seen, e.String())
		require.NoError(t, m.Observe(octets(e)), "the model refuses what it expects")
	}
	return seen
}

// TestModelConverges: whatever the model asks for, it brings the peer to what
// export(want) is (contract 1), and when it is received does not change what it
// is (contract 2).
func TestModelConverges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := check.OutConfig{Group: rapid.Bool().Draw(t, "group"), ManualEOR: rapid.Bool().Draw(t, "manual")}
		lazy, eager := check.NewOutModel(cfg), check.NewOutModel(cfg)
		var one, other []string
		all := 1 << 20
		for range rapid.IntRange(1, 20).Draw(t, "events") {
			e := drawEvent(t)
			if e.up || e.down {
				one, other = append(one, drain(t, lazy, all)...), append(other, drain(t, eager, all)...)
				require.NoError(t, lazy.Quiet())
			}
			feed(lazy, e)
			feed(eager, e)
			other = append(other, drain(t, eager, rapid.IntRange(0, 4).Draw(t, "received"))...)
		}
		one, other = append(one, drain(t, lazy, all)...), append(other, drain(t, eager, all)...)
		require.Equal(t, one, other)
		require.NoError(t, lazy.Quiet())
		require.NoError(t, eager.Quiet())
		require.Equal(t, lazy.AppendState(nil), eager.AppendState(nil))
	})
}

// TestModelForgetsSessions: what a session was leaves no trace (contract 9).
func TestModelForgetsSessions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, never := check.NewOutModel(check.OutConfig{}), check.NewOutModel(check.OutConfig{})
		for range rapid.IntRange(1, 20).Draw(t, "events") {
			e := drawEvent(t)
			feed(m, e)
			drain(t, m, rapid.IntRange(0, 4).Draw(t, "received"))
			if !e.up && !e.down {
				feed(never, e)
			}
		}
		m.Down()
		require.Equal(t, never.AppendState(nil), m.AppendState(nil))
	})
}

// TestModelClones: a clone goes its own way, and equal states have equal futures.
func TestModelClones(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := check.NewOutModel(check.OutConfig{Group: rapid.Bool().Draw(t, "group")})
		m.Up(session(true))
		for range rapid.IntRange(1, 10).Draw(t, "events") {
			feed(m, drawEvent(t))
			drain(t, m, rapid.IntRange(0, 4).Draw(t, "received"))
		}
		c, before := m.Clone(), m.AppendState(nil)
		require.Equal(t, before, c.AppendState(nil))
		for range 3 {
			feed(c, drawEvent(t))
			drain(t, c, rapid.IntRange(0, 4).Draw(t, "received by the clone"))
			require.Equal(t, before, m.AppendState(nil), "the original changed with its clone")
		}
	})
}
