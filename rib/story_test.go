package rib_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/rib"
	"github.com/stretchr/testify/require"
)

// The batches of ExaBGP's cases api-rib and api-rr-rib, by the messages that
// the cases expect.
var apiRIB = []struct {
	batch []rib.Op
	want  string
}{
	{nil, "0017:02:00000000"},
	{[]rib.Op{announce("192.168.0.0/32", "10.0.0.0"), wipe}, ""},
	{[]rib.Op{announce("192.168.0.1/32", "10.0.0.1")}, "0031:02:00000015400101004002004003040A0000014005040000006420C0A80001"},
	{[]rib.Op{wipe}, "001C:02:000520C0A800010000"},
	{[]rib.Op{announce("192.168.0.2/32", "10.0.0.2")}, "0031:02:00000015400101004002004003040A0000024005040000006420C0A80002"},
	{[]rib.Op{announce("192.168.0.3/32", "10.0.0.3")}, "0031:02:00000015400101004002004003040A0000034005040000006420C0A80003"},
	{[]rib.Op{flush}, `0017:05:00010101
		0031:02:00000015400101004002004003040A0000024005040000006420C0A80002
		0031:02:00000015400101004002004003040A0000034005040000006420C0A80003
		0017:05:00010201`},
	{[]rib.Op{announce("192.168.0.4/32", "10.0.0.4")}, "0031:02:00000015400101004002004003040A0000044005040000006420C0A80004"},
	{[]rib.Op{flush}, `0017:05:00010101
		0031:02:00000015400101004002004003040A0000024005040000006420C0A80002
		0031:02:00000015400101004002004003040A0000034005040000006420C0A80003
		0031:02:00000015400101004002004003040A0000044005040000006420C0A80004
		0017:05:00010201`},
	{[]rib.Op{wipe}, `001C:02:000520C0A800020000 001C:02:000520C0A800030000 001C:02:000520C0A800040000`},
	{[]rib.Op{announce("192.168.0.5/32", "10.0.0.5")}, "0031:02:00000015400101004002004003040A0000054005040000006420C0A80005"},
}

// TestAPIRIB plays both cases byte for byte, pulled after each command and
// pulled only at the end.
func TestAPIRIB(t *testing.T) {
	for _, c := range []struct {
		name     string
		enhanced bool
		late     bool
	}{{"api-rib", false, false}, {"api-rib, pulled late", false, true}, {"api-rr-rib", true, false}, {"api-rr-rib, pulled late", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			o := rib.NewOut(rib.Config{Interner: rib.NewInterner()})
			s := session(codec.IPv4Unicast)
			s.EnhancedRefresh = c.enhanced
			o.Up(s)
			var want, got []string
			pull := func() {
				for _, m := range drain(o) {
					got = append(got, strings.ToUpper(hex.EncodeToString(m[16:])))
				}
			}
			for _, step := range apiRIB {
				if step.batch != nil {
					o.Apply(step.batch)
				}
				for _, w := range strings.Fields(step.want) {
					if c.enhanced || !strings.HasPrefix(w, "0017:05") {
						want = append(want, strings.ReplaceAll(w, ":", ""))
					}
				}
				if !c.late {
					pull()
					require.Equal(t, want, got)
				}
			}
			pull()
			require.Equal(t, want, got)
		})
	}
}

// TestAPINextHopSelf: a route told with the address that "self" stands for is
// told already (api-nexthop-self).
func TestAPINextHopSelf(t *testing.T) {
	self := func(p string) rib.Op {
		return rib.Op{Kind: rib.OpAnnounce, Origin: rib.FromAPI, NLRI: nlri(p), Attrs: codec.Attrs{codec.NextHopSelf()}}
	}
	newStory(t, rib.Config{}, session(codec.IPv4Unicast)).up().wants("start", "eor 1/1").
		apply(announce("2.2.0.1/32", "127.0.0.1")).wants("new", "+2.2.0.1/32 via 127.0.0.1").
		apply(self("2.2.0.1/32")).wants("as told").
		apply(self("3.3.0.3/32")).wants("new", "+3.3.0.3/32 via 127.0.0.1")
}

// TestAPIRest: api-add-remove, api-announce, api-nexthop and api-rr.
func TestAPIRest(t *testing.T) {
	s := newStory(t, rib.Config{}, session(codec.IPv4Unicast, codec.IPv6Unicast)).up()
	s.wants("start", "eor 1/1", "eor 2/1").
		apply(announce("1.1.0.0/24", "101.1.101.1")).
		apply(announce("1.1.0.0/25", "101.1.101.1")).
		apply(withdraw("1.1.0.0/24")).apply(withdraw("1.1.0.0/25")).
		wants("add and remove", "+1.1.0.0/24 via 101.1.101.1", "+1.1.0.0/25 via 101.1.101.1", "-1.1.0.0/24", "-1.1.0.0/25").
		apply(announce("2605::2/128", "2001::1")).apply(announce("2605::2/128", "2001::2")).apply(announce("2605::2/128", "2001::1")).
		wants("next hops", "+2605::2/128 via 2001::1", "+2605::2/128 via 2001::2", "+2605::2/128 via 2001::1").
		apply(announce("1.0.0.0/8", "10.0.0.1"), rib.Op{Kind: rib.OpRouteRefresh, Family: codec.IPv4Unicast}, announce("2.0.0.0/8", "10.0.0.1")).
		wants("a barrier", "+1.0.0.0/8 via 10.0.0.1", "refresh? 1/1", "+2.0.0.0/8 via 10.0.0.1")
}
