package rib_test

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/rib"
	"github.com/stretchr/testify/require"
)

// export is that of an internal session of 127.0.0.1 in AS 1.
func export(_ codec.Family, a codec.Attrs) (codec.Attrs, bool) {
	if _, ok := a.Get(codec.AttrOTC); ok {
		return nil, false // the tests' mark of a route that must not leave
	}
	if nh, ok := a.Get(codec.AttrNextHop); ok && len(nh.Value) == 0 {
		a = a.With(codec.NextHop(netip.MustParseAddr("127.0.0.1")))
	}
	if _, ok := a.Get(codec.AttrOrigin); !ok {
		a = a.With(codec.Origin(codec.OriginIGP))
	}
	if _, ok := a.Get(codec.AttrASPath); !ok {
		a = a.With(codec.ASPath())
	}
	if _, ok := a.Get(codec.AttrLocalPref); !ok {
		a = a.With(codec.LocalPref(100))
	}
	return a, true
}

func session(fams ...codec.Family) rib.Session {
	return rib.Session{Families: fams, Options: codec.Options{AS4: true, IBGP: true, ReachLast: true}, Export: export}
}

func family(p netip.Prefix) codec.Family {
	if p.Addr().Is4() {
		return codec.IPv4Unicast
	}
	return codec.IPv6Unicast
}

// nlri is a prefix, "10.0.0.0/8" or with a path identifier "10.0.0.0/8#1".
func nlri(s string) codec.NLRI {
	prefix, path, _ := strings.Cut(s, "#")
	var id uint32
	fmt.Sscan(path, &id)
	p := netip.MustParsePrefix(prefix)
	return codec.PrefixNLRI(family(p), p, id)
}

func via(nextHop string, more ...codec.Attr) codec.Attrs {
	a := codec.Attrs(nil).With(codec.NextHop(netip.MustParseAddr(nextHop)))
	for _, m := range more {
		a = a.With(m)
	}
	return a
}

func announce(p, nextHop string, more ...codec.Attr) rib.Op {
	return rib.Op{Kind: rib.OpAnnounce, Origin: rib.FromAPI, NLRI: nlri(p), Attrs: via(nextHop, more...)}
}

func withdraw(p string) rib.Op {
	return rib.Op{Kind: rib.OpWithdraw, Origin: rib.FromAPI, NLRI: nlri(p)}
}

var (
	flush = rib.Op{Kind: rib.OpFlush}
	wipe  = rib.Op{Kind: rib.OpClear}
)

func refresh(f codec.Family) rib.Op { return rib.Op{Kind: rib.OpRefresh, Family: f} }
func eor(f codec.Family) rib.Op     { return rib.Op{Kind: rib.OpEndOfRIB, Family: f} }

// drain pulls all that is queued.
func drain(o *rib.Out) (msgs [][]byte) {
	for {
		m, _, ok := o.Pull(nil)
		if !ok {
			return msgs
		}
		msgs = append(msgs, m)
	}
}

// tell is a message as a short text: "+10.0.0.0/8 via 10.0.0.1 med 1",
// "-10.0.0.0/8", "eor ipv4 unicast", "BoRR ipv4 unicast".
func tell(s *rib.Session, msg []byte) string {
	if codec.TypeOf(msg) == codec.MsgRouteRefresh {
		r, err := codec.DecodeRouteRefresh(msg)
		if err != nil {
			panic(err)
		}
		return [...]string{"refresh?", "BoRR", "EoRR"}[r.Subtype] + fmt.Sprintf(" %d/%d", r.Family.AFI(), r.Family.SAFI())
	}
	if codec.TypeOf(msg) != codec.MsgUpdate {
		return hex.EncodeToString(msg)
	}
	var d codec.Decoder
	u := d.Update(msg, &s.Options)
	if len(u.Errs) > 0 {
		panic(fmt.Sprintf("%x: %v", msg, u.Errs))
	}
	if f, ok := u.EndOfRIB(); ok {
		return fmt.Sprintf("eor %d/%d", f.AFI(), f.SAFI())
	}
	var parts []string
	for r := range u.Withdraws() {
		parts = append(parts, "-"+name(r.NLRI()))
	}
	for r := range u.Announced() {
		parts = append(parts, "+"+name(r.NLRI()))
	}
	text := strings.Join(parts, " ")
	if nh, ok := u.Attrs.NextHopAddr(); ok {
		text += " via " + nh.String()
	}
	if m, ok := u.Attrs.Uint32(codec.AttrMED); ok {
		text += fmt.Sprintf(" med %d", m)
	}
	return text
}

func name(n codec.NLRI) string {
	if n.PathID != 0 {
		return fmt.Sprintf("%v#%d", n, n.PathID)
	}
	return n.String()
}

// story applies batches to an Out that is up and wants lines from each.
type story struct {
	t testing.TB
	o *rib.Out
	s rib.Session
}

func newStory(t testing.TB, c rib.Config, s rib.Session) *story {
	if c.Interner == nil {
		c.Interner = rib.NewInterner()
	}
	return &story{t, rib.NewOut(c), s}
}

func (s *story) up() *story { s.o.Up(s.s); return s }

func (s *story) apply(ops ...rib.Op) *story { s.o.Apply(ops); return s }

func (s *story) wants(why string, lines ...string) *story {
	s.t.Helper()
	got := []string{}
	for _, m := range drain(s.o) {
		got = append(got, tell(&s.s, m))
	}
	if lines == nil {
		lines = []string{}
	}
	require.Equal(s.t, lines, got, why)
	return s
}
