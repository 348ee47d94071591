package rib_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/rib"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// act is one step of a run; pull is how many messages are pulled after it.
type act struct {
	kind string // batch, up, down, configure
	ops  []rib.Op
	sess rib.Session
	pull int
}

var prefixes = []string{"10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/16", "10.0.0.0/8#1", "10.0.0.0/8#2", "2001:db8::/32", "2001:db8:1::/48", "2001:db8::/32#7"}

func drawOp(t *rapid.T) rib.Op {
	p := rapid.SampledFrom(prefixes).Draw(t, "prefix")
	f := rapid.SampledFrom([]codec.Family{0, codec.IPv4Unicast, codec.IPv6Unicast}).Draw(t, "family")
	switch k := rapid.IntRange(0, 15).Draw(t, "op"); {
	case k < 7:
		var more []codec.Attr
		if rapid.IntRange(0, 9).Draw(t, "secret") == 0 {
			more = append(more, codec.OTC(1))
		}
		if rapid.IntRange(0, 15).Draw(t, "long") == 0 {
			more = append(more, codec.Communities(make([]uint32, 1100)...))
		}
		return announce(p, rapid.SampledFrom([]string{"192.0.2.1", "192.0.2.2", "192.0.2.3"}).Draw(t, "via"), more...)
	case k < 10:
		return withdraw(p)
	case k < 12:
		return rib.Op{Kind: rib.OpFlush, Family: f}
	case k < 13:
		return wipe
	case k < 14:
		return rib.Op{Kind: rib.OpEndOfRIB, Family: max(f, codec.IPv4Unicast)}
	case k < 15:
		return refresh(max(f, codec.IPv4Unicast))
	}
	return rib.Op{Kind: rib.OpRouteRefresh, Family: max(f, codec.IPv4Unicast)}
}

func drawSession(t *rapid.T) rib.Session {
	s := session(codec.IPv4Unicast, codec.IPv6Unicast)
	s.Options.ExtendedNextHop = codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast}
	if rapid.Bool().Draw(t, "only v4") {
		s.Families = codec.FamilySet{codec.IPv4Unicast}
	}
	if rapid.Bool().Draw(t, "add-path") {
		s.Options.AddPath = codec.FamilySet{codec.IPv4Unicast}
	}
	s.EnhancedRefresh = rapid.Bool().Draw(t, "enhanced")
	return s
}

func drawActs(t *rapid.T) (acts []act) {
	for range rapid.IntRange(1, 25).Draw(t, "acts") {
		a := act{kind: "batch", pull: rapid.IntRange(0, 4).Draw(t, "pull")}
		switch k := rapid.IntRange(0, 11).Draw(t, "act"); {
		case k == 0:
			a.kind = "down"
		case k < 3:
			a.kind, a.sess = "up", drawSession(t)
		case k == 3:
			a.kind = "configure"
			for range rapid.IntRange(0, 4).Draw(t, "routes") {
				a.ops = append(a.ops, announce(rapid.SampledFrom(prefixes).Draw(t, "prefix"), rapid.SampledFrom([]string{"192.0.2.8", "192.0.2.9"}).Draw(t, "via")))
			}
		default:
			for range rapid.IntRange(1, 5).Draw(t, "ops") {
				a.ops = append(a.ops, drawOp(t))
			}
		}
		acts = append(acts, a)
	}
	return append(acts, act{kind: "batch", pull: 0})
}

// run plays acts. pull says how many messages to pull after each; before a
// session ends everything is pulled (else what was pulled would depend on it).
func run(o *rib.Out, acts []act, pull func(a act) int, fork bool) (out []string, sess *rib.Session, msgs [][]byte, last *rib.Out) {
	take := func(n int) {
		for ; n != 0; n-- {
			ready := o.Ready()
			m, p, ok := o.Pull(nil)
			if ready != ok {
				panic("Ready and Pull disagree")
			}
			if !ok {
				return
			}
			if p.Type != codec.TypeOf(m) {
				panic("Pulled says another type")
			}
			out = append(out, tell(sess, m))
			msgs = append(msgs, m)
		}
	}
	for _, a := range acts {
		if fork {
			c := o.Clone()
			if string(c.AppendState(nil)) != string(o.AppendState(nil)) {
				panic("a clone is in another state")
			}
			drain(o) // must not touch the clone
			o = c
		}
		switch a.kind {
		case "batch":
			o.Apply(a.ops)
		case "configure":
			o.Configure(a.ops)
		case "up":
			take(-1)
			out, msgs, sess = append(out, "UP"), nil, &a.sess
			o.Up(a.sess)
		case "down":
			take(-1)
			out, msgs, sess = append(out, "DOWN"), nil, nil
			o.Down()
		}
		if sess != nil {
			take(pull(a))
		}
	}
	take(-1)
	return out, sess, msgs, o
}

// view is what a peer knows by the bytes alone; brackets are checked on the way.
//
// A route that a bracket leaves out is one that its batch withdrew: strict
// wants that withdrawal before the route comes back (at the queue's bound it
// may have been superseded).
func view(t require.TestingT, s *rib.Session, msgs [][]byte, strict bool) map[string]string {
	known := map[string]string{}
	owed := map[string]bool{}
	marked := map[string]bool{}
	open := codec.Family(0)
	eors := map[codec.Family]bool{}
	for _, m := range msgs {
		if codec.TypeOf(m) == codec.MsgRouteRefresh {
			r, _ := codec.DecodeRouteRefresh(m)
			switch r.Subtype {
			case codec.RefreshBegin:
				require.Zero(t, open, "a bracket in a bracket")
				require.True(t, eors[r.Family], "BoRR before the End-of-RIB")
				open, marked = r.Family, map[string]bool{}
				for k := range known {
					marked[k] = strings.HasPrefix(k, fmt.Sprint(uint32(open)))
				}
			case codec.RefreshEnd:
				require.Equal(t, open, r.Family, "EoRR of another family")
				for k, stale := range marked {
					if stale && known[k] != "" {
						owed[k] = true
						delete(known, k) // the sweep of RFC 7313 §4
					}
				}
				open = 0
			}
			continue
		}
		if codec.TypeOf(m) != codec.MsgUpdate {
			continue
		}
		var d codec.Decoder
		u := d.Update(m, &s.Options)
		require.Empty(t, u.Errs)
		if f, ok := u.EndOfRIB(); ok {
			eors[f] = true
		}
		for r := range u.Withdraws() {
			k := fmt.Sprint(uint32(r.Family), name(r.NLRI()))
			require.Zero(t, open, "a withdrawal in a bracket")
			delete(known, k)
			delete(owed, k)
		}
		for r := range u.Announced() {
			k := fmt.Sprint(uint32(r.Family), name(r.NLRI()))
			require.False(t, strict && owed[k], "a bracket left out %s, which the peer was to keep", k)
			if open != 0 {
				require.Equal(t, open, r.Family, "another family in a bracket")
				delete(marked, k)
			}
			known[k] = string(u.Attrs.AppendCanonical(nil))
		}
	}
	require.Zero(t, open, "a bracket left open")
	require.False(t, strict && len(owed) > 0, "a bracket left out what is not withdrawn: %v", owed)
	return known
}

// exported is export(want) by the words of the contract.
func exported(o *rib.Out, s *rib.Session) map[string]string {
	out := map[string]string{}
	for r := range o.Want(0) {
		if !s.Families.Has(r.NLRI.Family) {
			continue
		}
		n := r.NLRI
		if !s.Options.AddPath.Has(n.Family) {
			n.PathID = 0
		}
		k := fmt.Sprint(uint32(n.Family), name(n))
		delete(out, k)
		a, ok := export(n.Family, r.Attrs.Attrs)
		if !ok {
			continue
		}
		if _, _, err := codec.AppendAnnounce(nil, &s.Options, a, []codec.NLRI{n}); err == nil {
			out[k] = string(a.AppendCanonical(nil))
		}
	}
	return out
}

// TestProperties: convergence, timing independence, brackets, Clone and
// AppendState, over any order of batches and session events.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		acts := drawActs(t)
		c := rib.Config{Interner: rib.NewInterner(), Group: rapid.Bool().Draw(t, "group"), ManualEOR: rapid.IntRange(0, 3).Draw(t, "manual") == 0}
		late, eager := rib.NewOut(c), rib.NewOut(c)
		want, s, msgs, _ := run(late, acts, func(act) int { return 0 }, false)
		now, _, _, _ := run(eager, acts, func(act) int { return -1 }, false)
		require.Equal(t, now, want, "pulled at once and pulled at the end")
		some, _, _, _ := run(rib.NewOut(c), acts, func(a act) int { return a.pull }, false)
		require.Equal(t, now, some, "pulled at once and pulled now and then")
		forked, _, _, _ := run(rib.NewOut(c), acts, func(a act) int { return a.pull }, true)
		require.Equal(t, now, forked, "an Out and its clones")
		require.Equal(t, string(eager.AppendState(nil)), string(late.AppendState(nil)), "states of drained Outs")
		if s == nil {
			return
		}
		if c.ManualEOR {
			s.EnhancedRefresh = false
			for i := range msgs { // a flush before a manual End-of-RIB is the client's will
				if codec.TypeOf(msgs[i]) == codec.MsgRouteRefresh {
					msgs[i] = codec.AppendKeepalive(nil)
				}
			}
		}
		require.Equal(t, exported(late, s), view(t, s, msgs, true), "the peer's view and export(want)")
		told := 0
		for range late.Told(0) {
			told++
		}
		_, n, q := late.Len()
		require.Equal(t, []int{len(exported(late, s)), told, 0}, []int{told, n, q}, "export(want), told and the queue")
	})
}

// TestBound: at its bound the queue loses superseded work alone, so the peer
// still converges and no bracket is incomplete.
func TestBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		acts := drawActs(t)
		c := rib.Config{Interner: rib.NewInterner(), QueueBound: rapid.IntRange(1, 6).Draw(t, "bound")}
		_, s, msgs, o := run(rib.NewOut(c), acts, func(a act) int { return a.pull }, rapid.Bool().Draw(t, "fork"))
		if s != nil {
			require.Equal(t, exported(o, s), view(t, s, msgs, false))
		}
	})
}
