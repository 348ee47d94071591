package check_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/malform"
)

// inSession is the model of a session that is up, and what its messages depend
// on.
func inSession(t *testing.T) (*check.InModel, *malform.Session) {
	open := func(last byte) []byte {
		return malform.Message(malform.Open, []byte{4, 0xfd, 0xe9, 0, 180, 10, 0, 0, last, 12},
			[]byte{2, 6, 1, 4, 0, 1, 0, 1, 2, 2, 70, 0})
	}
	m := check.NewInModel(check.InConfig{})
	require.NoError(t, m.Sent(open(1)))
	m.Received(open(2))
	m.Received(malform.Message(malform.Keepalive))
	require.True(t, m.Up())
	return m, &malform.Session{AS: 65001, Internal: true, Enhanced: true, NextHop: [4]byte{10, 0, 0, 2}, Net: 7}
}

func send(t *testing.T, m *check.InModel, s *malform.Session, name string) {
	c, ok := malform.Find(s, name)
	require.True(t, ok, name)
	m.Received(c.Make())
}

// TestInTable follows one route through what can happen to it.
func TestInTable(t *testing.T) {
	m, s := inSession(t)
	route := check.InRoute{AFI: 1, SAFI: 1, Wire: "\x18\xc6\x33\x07", Attrs: []check.InAttr{
		{Flags: 0x40, Type: 1, Value: "\x00"}, {Flags: 0x40, Type: 2}, {Flags: 0x40, Type: 3, Value: "\x0a\x00\x00\x02"},
		{Flags: 0x40, Type: 5, Value: "\x00\x00\x00\x64"}}}
	have, none := []check.InRoute{route}, []check.InRoute(nil)
	steps := []struct {
		name string
		want []check.InRoute
	}{
		{"attributes/reversed", have},
		{"attribute/origin/length-0", none}, // treat-as-withdraw
		{"valid/same-nlri-twice", have},
		{"refresh/eorr", have}, // without a BoRR
		{"refresh/borr", have},
		{"refresh/eorr", none}, // what was not announced again is swept
		{"attributes/reversed", have},
		{"refresh/borr", have},
		{"valid/same-nlri-twice", have},
		{"refresh/eorr", have},
		{"valid/withdraw", none},
		{"valid/withdrawn-and-announced", have},
		{"nlri/announce-length-33", none}, // the session is over
	}
	for i, x := range steps {
		send(t, m, s, x.name)
		require.NoError(t, m.Compare(x.want), "step %d, %s", i, x.name)
		if len(x.want) > 0 {
			require.Error(t, m.Compare(nil), "step %d, %s", i, x.name)
		}
	}
	require.False(t, m.Up())
	require.ErrorContains(t, m.Sent(malform.Message(malform.Notification, []byte{3, 1})), "NOTIFICATION 3/10")
}

// TestInNotify: the NOTIFICATION must leave, and be the right one.
func TestInNotify(t *testing.T) {
	m, s := inSession(t)
	send(t, m, s, "refresh/borr-long")
	require.ErrorContains(t, m.Answered(), "NOTIFICATION 7/1 with data")
	m, s = inSession(t)
	send(t, m, s, "attributes/reversed")
	require.NoError(t, m.Answered())
	require.ErrorContains(t, m.Sent(malform.Message(malform.Notification, []byte{3, 5})), "all that was received is in order")
	m, s = inSession(t)
	send(t, m, s, "header/type-7")
	require.NoError(t, m.Sent(malform.Message(malform.Notification, []byte{1, 3, 7})))
	require.NoError(t, m.Answered())
}

// TestInPieces: a message counts the same in any pieces.
func TestInPieces(t *testing.T) {
	whole, s := inSession(t)
	parts, _ := inSession(t)
	for _, c := range malform.Cases(s) {
		if c.Want.Treat >= malform.Reset || c.Phase != malform.Established {
			continue
		}
		msg := c.Make()
		whole.Received(msg)
		for len(msg) > 0 {
			n := min(len(msg), 1+len(msg)/3)
			parts.Received(msg[:n])
			msg = msg[n:]
		}
		require.Equal(t, whole.Changes(), parts.Changes(), c.Name)
	}
}
