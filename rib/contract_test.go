package rib_test

import (
	"testing"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/rib"
	"github.com/stretchr/testify/require"
)

// The tests of this file are named by the points of docs/ADJ-RIB-OUT.md.

const v4, v6 = codec.IPv4Unicast, codec.IPv6Unicast

func enhanced(fams ...codec.Family) rib.Session {
	s := session(fams...)
	s.EnhancedRefresh = true
	return s
}

func TestContract1Paths(t *testing.T) {
	s := newStory(t, rib.Config{}, session(v4)).up().wants("start", "eor 1/1")
	s.apply(announce("10.0.0.0/8#1", "10.0.0.1")).apply(announce("10.0.0.0/8#2", "10.0.0.2")).
		wants("the last path counts", "+10.0.0.0/8 via 10.0.0.1", "+10.0.0.0/8 via 10.0.0.2").
		apply(announce("10.0.0.0/8#1", "10.0.0.3")).wants("a path that does not count").
		apply(withdraw("10.0.0.0/8#2")).wants("the one before", "+10.0.0.0/8 via 10.0.0.3").
		apply(withdraw("10.0.0.0/8#1")).wants("the last path", "-10.0.0.0/8")
}

func TestContract1TooLong(t *testing.T) {
	long := announce("10.0.0.0/8", "10.0.0.2", codec.Communities(make([]uint32, 1100)...))
	s := newStory(t, rib.Config{}, session(v4)).up().wants("start", "eor 1/1").
		apply(announce("10.0.0.0/8", "10.0.0.1")).wants("fits", "+10.0.0.0/8 via 10.0.0.1").apply(long)
	m, p, ok := s.o.Pull(nil)
	require.True(t, ok)
	require.Equal(t, "-10.0.0.0/8", tell(&s.s, m))
	require.Equal(t, []codec.NLRI{nlri("10.0.0.0/8")}, p.TooLong)
}

func TestContract1Negotiated(t *testing.T) {
	newStory(t, rib.Config{}, session(v4)).up().wants("start", "eor 1/1").
		apply(announce("2001:db8::/32", "2001:db8::1"), flush, refresh(v6), eor(v6), withdraw("2001:db8::/32")).wants("not negotiated")
}

func TestContract3Order(t *testing.T) {
	newStory(t, rib.Config{Group: true}, enhanced(v4, v6)).up().wants("start", "eor 1/1", "eor 2/1").
		apply(announce("10.0.0.0/8", "10.0.0.1"), announce("2001:db8::/32", "2001:db8::1")).
		wants("new", "+10.0.0.0/8 via 10.0.0.1", "+2001:db8::/32 via 2001:db8::1").
		apply(announce("11.3.0.0/16", "10.0.0.2"), announce("11.2.0.0/16", "10.0.0.1"), announce("11.1.0.0/16", "10.0.0.2"),
			withdraw("10.0.0.0/8"), rib.Op{Kind: rib.OpFlush, Family: v6}).
		wants("block, withdrawal, announcements by set",
			"BoRR 2/1", "+2001:db8::/32 via 2001:db8::1", "EoRR 2/1", "-10.0.0.0/8",
			"+11.1.0.0/16 +11.3.0.0/16 via 10.0.0.2", "+11.2.0.0/16 via 10.0.0.1").
		apply(announce("12.0.0.0/8", "10.0.0.1"), withdraw("11.1.0.0/16"), eor(v4), announce("13.0.0.0/8", "10.0.0.1")).
		wants("a barrier ends a part", "-11.1.0.0/16", "+12.0.0.0/8 via 10.0.0.1", "eor 1/1", "+13.0.0.0/8 via 10.0.0.1").
		apply(announce("14.0.0.0/8", "10.0.0.1"), withdraw("14.0.0.0/8"), announce("15.0.0.0/8", "10.0.0.1"), announce("15.0.0.0/8", "10.0.0.9")).
		wants("the last command wins", "-14.0.0.0/8", "+15.0.0.0/8 via 10.0.0.9")
}

func TestContract4Duplicates(t *testing.T) {
	a := announce("10.0.0.0/8", "10.0.0.1")
	newStory(t, rib.Config{}, session(v4)).up().wants("start", "eor 1/1").
		apply(a).wants("new", "+10.0.0.0/8 via 10.0.0.1").
		apply(a).wants("as told").
		apply(withdraw("10.0.0.0/8"), a).wants("withdrawn by name in the batch", "+10.0.0.0/8 via 10.0.0.1").
		apply(wipe, a).wants("a clear is not by name").
		apply(flush).wants("a flush always sends", "+10.0.0.0/8 via 10.0.0.1")
}

func TestContract5Flush(t *testing.T) {
	newStory(t, rib.Config{}, enhanced(v4)).up().wants("start", "eor 1/1").
		apply(announce("10.0.0.0/8", "10.0.0.1"), flush, announce("11.0.0.0/8", "10.0.0.2"), flush).
		wants("one block, want as the batch leaves it", "BoRR 1/1", "+10.0.0.0/8 via 10.0.0.1", "+11.0.0.0/8 via 10.0.0.2", "EoRR 1/1").
		apply(flush).apply(withdraw("10.0.0.0/8")).apply(announce("11.0.0.0/8", "10.0.0.3")).apply(announce("12.0.0.0/8", "10.0.0.4")).
		wants("a snapshot, though later batches came first",
			"BoRR 1/1", "+10.0.0.0/8 via 10.0.0.1", "+11.0.0.0/8 via 10.0.0.2", "EoRR 1/1",
			"-10.0.0.0/8", "+11.0.0.0/8 via 10.0.0.3", "+12.0.0.0/8 via 10.0.0.4")
}

func TestContract6Clear(t *testing.T) {
	newStory(t, rib.Config{}, enhanced(v4)).up().wants("start", "eor 1/1").
		apply(withdraw("9.0.0.0/8")).wants("first batch, empty table").
		apply(withdraw("9.0.0.0/8")).wants("explicit", "-9.0.0.0/8").
		apply(announce("10.0.0.0/8", "10.0.0.1"), wipe).wants("never told").
		apply(announce("10.0.0.0/8", "10.0.0.1"), flush, wipe).wants("an empty block", "BoRR 1/1", "EoRR 1/1").
		apply(announce("10.0.0.0/8", "10.0.0.1")).wants("new", "+10.0.0.0/8 via 10.0.0.1").
		apply(announce("11.0.0.0/8", "10.0.0.1"), flush, wipe, wipe).wants("told is withdrawn once", "BoRR 1/1", "EoRR 1/1", "-10.0.0.0/8")
}

func TestContract7Refresh(t *testing.T) {
	s := newStory(t, rib.Config{}, enhanced(v4)).up().apply(refresh(v4)).
		wants("never before the End-of-RIB", "eor 1/1", "BoRR 1/1", "EoRR 1/1").
		apply(announce("10.0.0.0/8", "10.0.0.1")).wants("new", "+10.0.0.0/8 via 10.0.0.1")
	for range 20 {
		s.apply(refresh(v4))
	}
	require.Len(t, drain(s.o), 8*3, "above 8 requests merge")
	newStory(t, rib.Config{ManualEOR: true}, enhanced(v4)).up().apply(refresh(v4)).wants("it waits").
		apply(eor(v4)).wants("and follows", "eor 1/1", "BoRR 1/1", "EoRR 1/1")
}

func TestContract8EndOfRIB(t *testing.T) {
	s := newStory(t, rib.Config{}, session(v4, v6))
	conf := []rib.Op{announce("10.0.0.0/8", "10.0.0.1"), announce("2001:db8::/32", "2001:db8::1"), announce("10.0.0.0/8", "10.0.0.2"), announce("10.0.0.0/8", "10.0.0.3")}
	s.o.Configure(conf)
	table := []string{"+10.0.0.0/8 via 10.0.0.1", "+10.0.0.0/8 via 10.0.0.2", "+10.0.0.0/8 via 10.0.0.3", "+2001:db8::/32 via 2001:db8::1", "eor 1/1", "eor 2/1"}
	s.up().wants("shadowed first, then the table, then the End-of-RIBs", table...).
		apply(eor(v4)).wants("one more", "eor 1/1").
		apply(flush).wants("shadowed never again", "+10.0.0.0/8 via 10.0.0.3", "+2001:db8::/32 via 2001:db8::1")
	s.o.Down()
	s.up().wants("the next session", table...).apply(wipe).wants("clear", "-10.0.0.0/8", "-2001:db8::/32")
	s.o.Down()
	s.up().wants("nothing of what was cleared", "eor 1/1", "eor 2/1")
}

func TestContract9Reset(t *testing.T) {
	s := newStory(t, rib.Config{}, session(v4)).up().apply(announce("10.0.0.0/8", "10.0.0.1"), flush).apply(withdraw("10.0.0.0/8"))
	s.o.Pull(nil)
	s.o.Down()
	s.wants("the queue is gone").apply(announce("11.0.0.0/8", "10.0.0.1")).wants("down")
	s.up().wants("want alone", "+11.0.0.0/8 via 10.0.0.1", "eor 1/1")
}

func TestContract10Tickets(t *testing.T) {
	s := newStory(t, rib.Config{}, session(v4)).up().wants("start", "eor 1/1")
	first := s.o.Apply([]rib.Op{announce("10.0.0.0/8", "10.0.0.1"), announce("11.0.0.0/8", "10.0.0.1")})
	second := s.o.Apply([]rib.Op{flush})
	third := s.o.Apply([]rib.Op{announce("10.0.0.0/8", "10.0.0.1")})
	for i, done := range []bool{false, false, true, true} {
		require.Equal(t, done, s.o.Done() >= first, "after %d messages", i)
		require.Less(t, s.o.Done(), second, "after %d messages", i)
		s.o.Pull(nil)
	}
	require.Less(t, second, third)
	require.Equal(t, third, s.o.Done(), "a batch that sends nothing is done with the one before")
}

func TestContract11Reload(t *testing.T) {
	s := newStory(t, rib.Config{}, session(v4))
	a, b, c := announce("10.0.0.0/8", "10.0.0.1"), announce("11.0.0.0/8", "10.0.0.1"), announce("12.0.0.0/8", "10.0.0.1")
	s.o.Configure([]rib.Op{a, b})
	s.up().wants("start", "+10.0.0.0/8 via 10.0.0.1", "+11.0.0.0/8 via 10.0.0.1", "eor 1/1").
		apply(announce("10.0.0.0/8", "10.0.0.9"), announce("13.0.0.0/8", "10.0.0.1")).
		wants("a client", "+10.0.0.0/8 via 10.0.0.9", "+13.0.0.0/8 via 10.0.0.1")
	s.o.Configure([]rib.Op{c})
	s.wants("left and came; the client's stay", "-11.0.0.0/8", "+12.0.0.0/8 via 10.0.0.1")
	s.o.Down()
	s.o.Configure([]rib.Op{b})
	s.up().wants("also while down", "+10.0.0.0/8 via 10.0.0.9", "+13.0.0.0/8 via 10.0.0.1", "+11.0.0.0/8 via 10.0.0.1", "eor 1/1")
}

// A route that the session must not send was never told: a reload that drops it
// names nothing, so nothing leaves.
func TestContract11ReloadWithdrawsOnlyWhatWasTold(t *testing.T) {
	sess := session(v4)
	sess.Export = func(codec.Family, codec.Attrs) (codec.Attrs, bool) { return nil, false }
	s := newStory(t, rib.Config{}, sess)
	s.o.Configure([]rib.Op{announce("10.0.0.0/8", "10.0.0.1")})
	s.up().wants("start", "eor 1/1").apply(announce("11.0.0.0/8", "10.0.0.1")).wants("nothing may be sent")
	s.o.Configure(nil)
	s.wants("it left the configuration")
}

// NLRI that share no message stand in the order given; clear follows want's.
func TestContract3SortsOnlyWhatSharesAMessage(t *testing.T) {
	three := []rib.Op{announce("12.0.0.0/8", "10.0.0.1"), announce("10.0.0.0/8", "10.0.0.1"), announce("11.0.0.0/8", "10.0.0.1")}
	given := []string{"+12.0.0.0/8 via 10.0.0.1", "+10.0.0.0/8 via 10.0.0.1", "+11.0.0.0/8 via 10.0.0.1"}
	s := newStory(t, rib.Config{}, session(v4)).up().wants("start", "eor 1/1")
	s.apply(three...).wants("as given", given...)
	s.apply(flush).wants("in want's order", given...)
	s.apply(withdraw("12.0.0.0/8"), three[0]).wants("withdrawn and announced", given[0])
	s.apply(wipe).wants("it went to want's end", "-10.0.0.0/8", "-11.0.0.0/8", "-12.0.0.0/8")
}

// A flush between BoRR and EoRR waits for the End-of-RIB (RFC 7313 §4).
func TestContract7AFlushInBracketsWaitsForTheEndOfRIB(t *testing.T) {
	sess := session(v4)
	sess.EnhancedRefresh = true
	s := newStory(t, rib.Config{ManualEOR: true}, sess).up()
	s.apply(announce("10.0.0.0/8", "10.0.0.1"), flush).wants("the block is not of this batch", "+10.0.0.0/8 via 10.0.0.1")
	s.apply(announce("11.0.0.0/8", "10.0.0.1")).wants("meanwhile", "+11.0.0.0/8 via 10.0.0.1")
	s.apply(rib.Op{Kind: rib.OpEndOfRIB, Family: v4}).
		wants("behind it, as want is now", "eor 1/1", "BoRR 1/1", "+10.0.0.0/8 via 10.0.0.1", "+11.0.0.0/8 via 10.0.0.1", "EoRR 1/1")
}

func TestContract7EightRequestsWait(t *testing.T) {
	sess := session(v4)
	sess.EnhancedRefresh = true
	answers := func(n int) (l []string) {
		for range n {
			l = append(l, "BoRR 1/1", "EoRR 1/1")
		}
		return l
	}
	ask := func(s *story, n int) {
		for range n {
			s.apply(refresh(v4))
		}
	}
	s := newStory(t, rib.Config{}, sess).up().wants("start", "eor 1/1")
	ask(s, 12)
	s.wants("eight, and the rest merge with the last", answers(8)...)
	ask(s, 1)
	s.o.Pull(nil)
	ask(s, 12)
	s.wants("the one that has begun does not wait", append([]string{"EoRR 1/1"}, answers(8)...)...)

	s = newStory(t, rib.Config{}, session(v4)).up()
	ask(s, 8)
	s.apply(announce("10.0.0.0/8", "10.0.0.1"))
	ask(s, 1)
	s.wants("an answer without a message does not wait", "eor 1/1", "+10.0.0.0/8 via 10.0.0.1", "+10.0.0.0/8 via 10.0.0.1")
}

// Without ADD-PATH the paths of a prefix are one NLRI, also for the rule that a
// withdrawal by name lets an equal announcement leave.
func TestContract4PathsAreOneNLRI(t *testing.T) {
	s := newStory(t, rib.Config{}, session(v4)).up().wants("start", "eor 1/1")
	a := announce("10.0.0.0/8", "10.0.0.1")
	s.apply(a).wants("told", "+10.0.0.0/8 via 10.0.0.1")
	s.apply(withdraw("10.0.0.0/8#1")).wants("the one that counts is another")
	s.apply(a, withdraw("10.0.0.0/8#1")).wants("announced, and withdrawn by name", "+10.0.0.0/8 via 10.0.0.1")
}

func TestIn(t *testing.T) {
	in := rib.NewIn(rib.NewInterner(), true)
	for _, p := range []string{"10.0.0.0/8", "10.0.0.0/8#1", "11.0.0.0/8", "2001:db8::/32"} {
		require.True(t, in.Announce(nlri(p), via("10.0.0.1")))
		require.False(t, in.Announce(nlri(p), via("10.0.0.1")), "as known")
	}
	require.Equal(t, 4, in.Len())
	counted := func(want int) {
		t.Helper()
		require.Equal(t, want, in.Count(v4), "routes of IPv4 unicast")
	}
	counted(3)
	require.Empty(t, in.EndRefresh(v4), "EoRR without BoRR")
	in.BeginRefresh(v4)
	in.Announce(nlri("10.0.0.0/8"), via("10.0.0.1"))
	in.BeginRefresh(v4) // restarts the marking
	in.Announce(nlri("11.0.0.0/8"), via("10.0.0.1"))
	c := in.Clone()
	require.Equal(t, []codec.NLRI{nlri("10.0.0.0/8"), nlri("10.0.0.0/8#1")}, in.EndRefresh(v4))
	counted(1)
	require.Equal(t, 4, c.Len())
	require.Equal(t, 3, c.Count(v4), "of the copy")
	require.NotEqual(t, c.AppendState(nil), in.AppendState(nil))
	c.EndRefresh(v4)
	require.Equal(t, c.AppendState(nil), in.AppendState(nil))
	require.True(t, in.Withdraw(nlri("11.0.0.0/8")))
	require.False(t, in.Withdraw(nlri("11.0.0.0/8")))
	counted(0)
	in.Announce(nlri("11.0.0.0/8"), via("10.0.0.1"))
	in.Clear()
	counted(0)
	require.Zero(t, in.Len())
	require.Equal(t, rib.NewIn(rib.NewInterner(), true).AppendState(nil), in.AppendState(nil))
	require.False(t, rib.NewIn(rib.NewInterner(), false).Announce(nlri("10.0.0.0/8"), via("10.0.0.1")))
}

// RFC 4724 §4.2, with several paths of one prefix: all that are not announced
// again go, by the keys that they were stored under.
func TestRoutesKeptOverASessionsEnd(t *testing.T) {
	in := rib.NewIn(rib.NewInterner(), true)
	path := func(id uint32) codec.NLRI {
		n := nlri("10.0.0.0/8")
		n.PathID = id + 1
		return n
	}
	for id := range uint32(3) {
		in.Announce(path(id), via("10.0.0.1"))
	}
	in.BeginRefresh(v4)
	require.Equal(t, 3, in.Retain(codec.FamilySet{v4}))
	require.Empty(t, in.EndRefresh(v4), "the refresh ended with its session")
	require.Equal(t, 3, in.Kept(v4))
	in.Announce(path(1), via("10.0.0.1"))
	require.Equal(t, []codec.NLRI{path(0), path(2)}, in.Sweep(v4))
	require.Equal(t, 1, in.Len())
	require.Equal(t, 0, in.Retain(nil), "of no family")
}
