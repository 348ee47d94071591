package check_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
)

// open has hold time 9, IPv4 unicast, route refresh, enhanced refresh, AS4.
func open(id byte) []byte {
	return message(1, "04 0001 0009 010203"+hexByte(id)+"18"+"0206 010400010001 0202 0200 0202 4600 0206 410400000001")
}

func hexByte(v byte) string { const h = "0123456789abcdef"; return string([]byte{h[v>>4], h[v&15]}) }

func keepalive() []byte    { return message(4, "") }
func notification() []byte { return message(3, "0602") }

// exchange is one thing on the wire: what this end sends or receives, when.
type exchange struct {
	at       time.Duration
	received bool
	msg      []byte
}

func out(at time.Duration, msgs ...[]byte) []exchange { return exchanges(at, false, msgs) }
func in(at time.Duration, msgs ...[]byte) []exchange  { return exchanges(at, true, msgs) }

func exchanges(at time.Duration, received bool, msgs [][]byte) []exchange {
	var all []exchange
	for _, m := range msgs {
		all = append(all, exchange{at, received, m})
	}
	return all
}

func up() []exchange {
	return cat(out(0, open(1)), in(0, open(2)), out(0, keepalive()), in(0, keepalive()))
}

func cat(all ...[]exchange) []exchange {
	var one []exchange
	for _, x := range all {
		one = append(one, x...)
	}
	return one
}

func TestWireChecker(t *testing.T) {
	const s = time.Second
	long := append(message(2, ""), make([]byte, 4080)...)
	long[16], long[17] = byte(len(long)>>8), byte(len(long)&0xff)
	ask := message(5, "00010001")
	deaf := cat(out(0, open(1)), in(0, message(1, "04 0002 0009 01020304 0e 020c 010400010001 410400000002")), out(0, keepalive()), in(0, keepalive()))
	v6eor := message(2, "00000006 800f03 000201")
	for _, c := range []struct {
		name string
		wire []exchange
		want []check.ID
	}{
		{"a session", cat(up(), out(0, reach(1, 1), eor(), unreach(1)), out(3*s, keepalive()), out(6*s, keepalive())), nil},
		{"brackets", cat(up(), out(0, reach(1, 1), eor(), borr(), reach(1, 1), eorr())), nil},
		{"swept and withdrawn", cat(up(), out(0, reach(1, 1), eor(), borr(), eorr(), unreach(1))), nil},
		{"a peer that breaks everything is not judged", cat(up(), in(0, eorr(), open(2), unreach(9), notification(), notification())), nil},
		{"KEEPALIVE first", out(0, keepalive()), []check.ID{check.WireOpenFirst}},
		{"two OPENs", cat(up(), out(0, open(1), eor())), []check.ID{check.WireOpenFirst}},
		{"UPDATE before the peer's KEEPALIVE", cat(out(0, open(1)), in(0, open(2)), out(0, keepalive(), eor())), []check.ID{check.WireEstablished}},
		{"UPDATE before our KEEPALIVE", cat(out(0, open(1)), in(0, open(2), keepalive()), out(0, eor())), []check.ID{check.WireEstablished}},
		{"UPDATE after NOTIFICATION", cat(up(), out(0, notification(), eor())), []check.ID{check.WireNotifyLast}},
		{"two NOTIFICATIONs", cat(up(), out(0, notification(), notification())), []check.ID{check.WireNotifyLast}},
		{"NOTIFICATION answered", cat(up(), in(0, notification()), out(0, notification())), []check.ID{check.WireNotifyAnswered}},
		{"too long", cat(up(), out(0, eor(), long)), []check.ID{check.WireLength, check.WireFormat}},
		{"malformed", cat(up(), out(0, eor(), message(2, "ffff0000"))), []check.ID{check.WireFormat}},
		{"family", cat(up(), out(0, eor(), v6eor)), []check.ID{check.WireFamily}},
		{"End-of-RIB twice", cat(up(), out(0, eor(), eor())), []check.ID{check.WireEndOfRIB, check.WireEndOfRIB}},
		{"no End-of-RIB", up(), []check.ID{check.WireEndOfRIB}},
		{"asks a peer that did not offer it", cat(deaf, out(0, eor(), ask)), []check.ID{check.WireAsk}},
		{"asks one that did", cat(up(), out(0, eor(), ask)), nil},
		{"BoRR twice", cat(up(), out(0, eor(), borr(), borr(), eorr())), []check.ID{check.WireBracket}},
		{"EoRR alone", cat(up(), out(0, eor(), eorr())), []check.ID{check.WireBracket}},
		{"BoRR left open", cat(up(), out(0, eor(), borr())), []check.ID{check.WireBracket}},
		{"BoRR before End-of-RIB", cat(up(), out(0, borr(), eorr(), eor())), []check.ID{check.WireBracketEarly}},
		{"bracket opened late", cat(up(), out(0, reach(1, 1), eor(), reach(1, 1), borr(), eorr())), []check.ID{check.WireSwept}},
		{"swept and announced again", cat(up(), out(0, reach(1, 1), eor(), borr(), eorr(), reach(1, 1))), []check.ID{check.WireSwept}},
		{"withdrawn and never told", cat(up(), out(0, eor(), unreach(7))), []check.ID{check.WireWithdraw}},
		{"KEEPALIVE late", cat(up(), out(0, eor()), out(3*s+1, keepalive())), []check.ID{check.WireKeepaliveLate}},
		{"KEEPALIVE flood", cat(up(), out(0, eor()), out(s, keepalive(), keepalive())), []check.ID{check.WireKeepaliveFlood}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, watch(check.WireConfig{}, c.wire, 1), "one octet at a time")
			require.Equal(t, c.want, watch(check.WireConfig{}, c.wire, 1<<16), "whole messages")
		})
	}
}

// A number of four octets is AS_TRANS to a speaker of two.
func TestWireCheckerKnowsASTrans(t *testing.T) {
	old := func(id string) []byte { return message(1, "04 0001 0009 010203"+id+" 08 0206 010400010001") }
	for as, want := range map[string][]check.ID{"5ba0": nil, "ea01": {check.WireTrans}} {
		update := message(2, "0000 001b 40010100 4002040201"+as+" 4003040a000001 c011060201fa56ea01 08 0a")
		wire := cat(out(0, old("01")), in(0, old("02")), out(0, keepalive()), in(0, keepalive()), out(0, update, eor()))
		require.Equal(t, want, watch(check.WireConfig{}, wire, 1<<16), as)
	}
}

// watch feeds an exchange in pieces of a size and gives the ids found.
func watch(cfg check.WireConfig, wire []exchange, piece int) []check.ID {
	var ids []check.ID
	w := check.NewWireChecker(cfg)
	epoch := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	note := func(found []*check.Violation) {
		for _, v := range found {
			ids = append(ids, v.ID)
		}
	}
	for _, x := range wire {
		for p := x.msg; len(p) > 0; p = p[min(piece, len(p)):] {
			if part := p[:min(piece, len(p))]; x.received {
				w.Received(part)
			} else {
				note(w.Sent(epoch.Add(x.at), part))
			}
		}
	}
	note(w.Quiet())
	return ids
}

func TestWireCheckerTakesWhatCommandsAskFor(t *testing.T) {
	w := check.NewWireChecker(check.WireConfig{ManualEOR: true})
	w.AllowWithdraw(host(7))
	w.AllowEndOfRIB(codec.IPv4Unicast)
	epoch := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	require.Empty(t, w.Sent(epoch, open(1)))
	w.Received(append(open(2), keepalive()...))
	require.Empty(t, w.Sent(epoch, append(keepalive(), unreach(7)...)))
	require.Len(t, w.Quiet(), 1, "the End-of-RIB that was asked for")
	require.Empty(t, w.Sent(epoch, eor()))
	require.Empty(t, w.Quiet())
	require.Empty(t, w.Idle(epoch.Add(3*time.Second)))
	require.Len(t, w.Idle(epoch.Add(3*time.Second+1)), 1, "silence for more than a third of the hold time")
}

func TestPeerView(t *testing.T) {
	v := check.NewPeerView(session(true).Options)
	see := func(want string, msgs ...[]byte) {
		t.Helper()
		for _, m := range msgs {
			require.NoError(t, v.Observe(m))
		}
		require.Equal(t, want, v.String())
	}
	line := func(i, hop string) string {
		return "192.168.0." + i + "/32 origin igp as-path [ ] next-hop 10.0.0." + hop + " local-preference 100"
	}
	see("no routes")
	see(line("1", "1")+"\n"+line("2", "1"), reach(1, 2), reach(1, 1))
	see(line("1", "1"), unreach(2), eor(), eorr())
	see(line("1", "1")+" (stale)", borr())
	c := v.Clone()
	see(line("1", "1")+" (stale)\n"+line("3", "3"), reach(3, 3))
	see(line("3", "3"), eorr())
	require.Equal(t, line("1", "1")+" (stale)", c.String(), "a clone is apart")
	require.NotEqual(t, c.AppendState(nil), v.AppendState(nil))
	// An UPDATE without ORIGIN is treated as a withdrawal (RFC 7606 §3).
	see("no routes", message(2, "0000 000a 400200 4003040a000003 20c0a80003"))
	v.Clear()
	see("no routes")
}

func TestWireCheckerClones(t *testing.T) {
	epoch := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	first := check.NewWireChecker(check.WireConfig{})
	for _, x := range cat(up(), out(0, reach(1, 1), eor(), borr())) {
		if x.received {
			first.Received(x.msg)
		} else {
			require.Empty(t, first.Sent(epoch, x.msg))
		}
	}
	before, c := first.AppendState(nil, epoch), first.Clone()
	require.Equal(t, before, c.AppendState(nil, epoch))
	require.NotEqual(t, before, first.AppendState(nil, epoch.Add(1)), "a KEEPALIVE is due sooner")
	for _, msg := range w(reach(1, 2, 1), eorr(), unreach(2)) {
		require.Empty(t, c.Sent(epoch, msg))
		require.Equal(t, before, first.AppendState(nil, epoch), "the original changed with its clone")
		require.NotEqual(t, before, c.AppendState(nil, epoch))
	}
	require.Len(t, c.Sent(epoch, eor()), 1)
	require.Len(t, first.Sent(epoch, borr()), 1)
}
