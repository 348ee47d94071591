package check_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/check"
)

// swapped, missing, doubled and so on are a right sequence with one fault.

func swapped(wire [][]byte, i, j int) [][]byte {
	out := append([][]byte(nil), wire...)
	out[i], out[j] = out[j], out[i]
	return out
}

func missing(wire [][]byte, i int) [][]byte {
	return append(append([][]byte(nil), wire[:i]...), wire[i+1:]...)
}

func inserted(wire [][]byte, i int, msg []byte) [][]byte {
	out := append([][]byte(nil), wire[:i]...)
	return append(append(out, msg), wire[i:]...)
}

func replaced(wire [][]byte, i int, msg []byte) [][]byte {
	return inserted(missing(wire, i), i, msg)
}

func TestModelRejectsWrongSequences(t *testing.T) {
	// rib:   0 eor, 1 +1, 2 -1, 3 +2, 4 +3, 5 +2, 6 +3, 7 +4, 8 +2, 9 +3, 10 +4, 11 -2, 12 -3, 13 -4, 14 +5
	// rrrib: 0 eor, 1 +1, 2 -1, 3 +2, 4 +3, 5 BoRR, 6 +2, 7 +3, 8 EoRR, 9 +4, 10 BoRR, 11 +2, 12 +3, 13 +4, 14 EoRR, 15 -2, 16 -3, 17 -4, 18 +5
	rib, rrrib, rr := ribStory(false), ribStory(true), rrStory()
	v6 := message(2, "0000 002b 800e1a 000201 10 20010db8000000000000000000000001 00 20 20010db8 40010100 400200 40050400000064")
	oversized := append(message(2, ""), make([]byte, codec.MaxLen)...)
	for _, c := range []struct {
		name  string
		story story
		wire  [][]byte
		want  check.ID
	}{
		{"cleared route leaks", rib, inserted(rib.wire(), 1, reach(0, 0)), check.OutLeak},
		{"withdrawal of the cleared route leaks", rib, inserted(rib.wire(), 1, unreach(0)), check.OutWithdraw},
		{"withdrawal missing", rib, missing(rib.wire(), 2), check.OutOrder},
		{"withdrawal after the announcement", rib, swapped(rib.wire(), 13, 14), check.OutOrder},
		{"announcement after its withdrawal", rib, swapped(rib.wire(), 1, 2), check.OutOrder},
		{"withdrawn twice", rib, inserted(rib.wire(), 14, unreach(4)), check.OutWithdraw},
		{"withdrawals in another order", rib, swapped(rib.wire(), 11, 12), check.OutOrder},
		{"flush misses a route", rib, missing(rib.wire(), 9), check.OutOrder},
		{"flush sends a route twice", rib, inserted(rib.wire(), 11, reach(4, 4)), check.OutDuplicate},
		{"flush after the clear", rib, inserted(missing(rib.wire(), 10), 14, reach(4, 4)), check.OutOrder},
		{"last message missing", rib, missing(rib.wire(), 14), check.OutComplete},
		{"one message too many", rib, inserted(rib.wire(), 15, reach(5, 5)), check.OutDuplicate},
		{"another next hop", rib, replaced(rib.wire(), 14, reach(6, 5)), check.OutAttributes},
		{"another prefix", rib, replaced(rib.wire(), 14, reach(5, 6)), check.OutLeak},
		{"two NLRI in one message", rib, replaced(rib.wire(), 3, reach(2, 2, 3)), check.OutLeak},
		{"End-of-RIB late", rib, swapped(rib.wire(), 0, 1), check.OutEndOfRIB},
		{"End-of-RIB doubled", rib, inserted(rib.wire(), 1, eor()), check.OutEndOfRIB},
		{"End-of-RIB missing", rib, missing(rib.wire(), 0), check.OutEndOfRIB},
		{"bracket opened late", rrrib, swapped(rrrib.wire(), 5, 6), check.OutBracket},
		{"bracket closed early", rrrib, swapped(rrrib.wire(), 7, 8), check.OutBracket},
		{"bracket not closed", rrrib, missing(rrrib.wire(), 8), check.OutBracket},
		{"bracket not negotiated", rib, inserted(rib.wire(), 5, borr()), check.OutBracket},
		{"route of the next batch inside the bracket", rrrib, swapped(rrrib.wire(), 8, 9), check.OutBracket},
		{"withdrawal inside the bracket", rrrib, swapped(rrrib.wire(), 14, 15), check.OutBracket},
		{"refresh request missing", rr, missing(rr.wire(), 3), check.OutBracket},
		{"refresh request doubled", rr, inserted(rr.wire(), 4, rrequest()), check.OutBracket},
		{"family not negotiated", rib, inserted(rib.wire(), 1, v6), check.OutSessionEnd},
		{"End-of-RIB of a family not negotiated", rib, inserted(rib.wire(), 1, message(2, "00000006 800f03 000201")), check.OutSessionEnd},
		{"message too long", rib, inserted(rib.wire(), 1, oversized), check.OutMalformed},
		{"bytes of nobody", rib, inserted(rib.wire(), 1, message(6, "0001")), check.OutRaw},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := run(c.story, c.wire)
			var v *check.Violation
			require.ErrorAs(t, err, &v, "the model took a wrong sequence")
			require.Equal(t, c.want, v.ID, "%v", v)
			require.Equal(t, c.want.Doc(), v.Doc)
		})
	}
}

// No single loss, doubling or swap of neighbours goes unseen.
func TestModelRejectsEveryOneFault(t *testing.T) {
	for _, s := range stories() {
		wire := s.wire()
		for i := range wire {
			require.Error(t, run(s, missing(wire, i)), "%s without message %d", s.name, i)
			require.Error(t, run(s, inserted(wire, i, wire[i])), "%s with message %d doubled", s.name, i)
			if i > 0 && string(wire[i]) != string(wire[i-1]) {
				require.Error(t, run(s, swapped(wire, i-1, i)), "%s with messages %d and %d swapped", s.name, i-1, i)
			}
		}
	}
}

func TestNothingAfterDown(t *testing.T) {
	m := check.NewOutModel(check.OutConfig{})
	m.Up(session(false))
	m.Apply(b(announce(1, 1)))
	m.Down()
	err := m.Observe(eor())
	var v *check.Violation
	require.True(t, errors.As(err, &v))
	require.Equal(t, check.OutSessionEnd, v.ID)
	m.Up(session(false))
	require.NoError(t, m.Observe(reach(1, 1)), "the next session starts from want")
	require.NoError(t, m.Observe(eor()))
	require.NoError(t, m.Quiet())
}

func TestConfigureAndShadows(t *testing.T) {
	m := check.NewOutModel(check.OutConfig{})
	m.Configure(b(announce(1, 1), announce(2, 2), announce(1, 3)))
	m.Up(session(false))
	expect := func(wire ...[]byte) {
		t.Helper()
		for i, msg := range wire {
			require.NoError(t, m.Observe(msg), "message %d", i)
		}
		require.NoError(t, m.Quiet())
	}
	expect(reach(1, 1), reach(2, 2), reach(3, 1), eor())
	m.Apply(b(announce(4, 4)))
	m.Configure(b(announce(1, 3), announce(3, 3)))
	expect(reach(4, 4), unreach(2), reach(3, 3))
	m.Apply(b(clear))
	expect(unreach(1), unreach(4), unreach(3))
	m.Configure(b(announce(1, 5), announce(3, 3)))
	expect(reach(5, 1))
	m.Down()
	m.Configure(b(announce(3, 3)))
	m.Up(session(false))
	expect(eor())
}

// Up to eight requests of a family wait; more merge with the last of them.
func TestRefreshBound(t *testing.T) {
	for _, manual := range []bool{false, true} {
		m := check.NewOutModel(check.OutConfig{ManualEOR: manual})
		m.Up(session(true))
		for range 20 {
			m.Apply(b(refresh))
		}
		if manual {
			require.Empty(t, m.Expected(), "no answer before the End-of-RIB")
			m.Apply(b(op(check.OpEndOfRIB)))
		}
		require.Len(t, m.Expected(), 1+8*2, "End-of-RIB and eight brackets")
		require.NoError(t, m.Observe(eor()))
		require.NoError(t, m.Observe(borr()))
		m.Apply(b(refresh))
		require.Len(t, m.Expected(), 8*2-1, "the first has begun, but has not left whole")
		require.NoError(t, m.Observe(eorr()))
		m.Apply(b(refresh))
		m.Apply(b(refresh))
		require.Len(t, m.Expected(), 8*2, "now there is room for one")
	}
}

// Only where the initial table was empty is a first withdrawal held back.
func TestFirstBatchAfterAnInitialTable(t *testing.T) {
	m := check.NewOutModel(check.OutConfig{})
	m.Apply(b(announce(1, 1)))
	m.Up(session(false))
	m.Apply(b(withdraw(2)))
	for _, msg := range w(reach(1, 1), eor(), unreach(2)) {
		require.NoError(t, m.Observe(msg))
	}
	require.NoError(t, m.Quiet())
}

// The view is compared apart from the sequence: an Export that is not pure
// makes a sequence that is as expected and a peer that has something else.
func TestQuietComparesTheView(t *testing.T) {
	m, s, hop := check.NewOutModel(check.OutConfig{}), session(false), byte(1)
	s.Export = func(f codec.Family, a codec.Attrs) (codec.Attrs, bool) { return ibgp(f, attrsOf(hop)) }
	m.Apply(b(announce(1, 1)))
	m.Up(s)
	require.NoError(t, m.Observe(reach(1, 1)))
	require.NoError(t, m.Observe(eor()))
	require.NoError(t, m.Quiet())
	hop = 2
	var v *check.Violation
	require.ErrorAs(t, m.Quiet(), &v)
	require.Equal(t, check.OutConverged, v.ID)
}
