package check

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/sim/malform"
)

// sampleOpen is an OPEN of AS as with IPv4 and IPv6 unicast.
func sampleOpen(as uint32, last byte, s *malform.Session) []byte {
	caps := []byte{2, 6, 1, 4, 0, 1, 0, 1, 2, 6, 1, 4, 0, 2, 0, 1}
	if s.AS4 {
		caps = append(caps, 2, 6, 65, 4, byte(as>>24), byte(as>>16), byte(as>>8), byte(as))
	}
	if s.Crossing {
		caps = append(caps, 2, 8, 5, 6, 0, 1, 0, 1, 0, 2)
	}
	if s.AddPath {
		caps = append(caps, 2, 6, 69, 4, 0, 1, 1, 3)
	}
	if s.AddPath6 {
		caps = append(caps, 2, 6, 69, 4, 0, 2, 1, 3)
	}
	if s.Enhanced {
		caps = append(caps, 2, 2, 2, 0, 2, 2, 70, 0)
	}
	if s.Extended {
		caps = append(caps, 2, 2, 6, 0)
	}
	return malform.Message(malform.Open, []byte{4, byte(as >> 8), byte(as), 0, 180, 10, 0, 0, last, byte(len(caps))}, caps)
}

// samples are sessions of every kind.
func samples() []*malform.Session {
	var l []*malform.Session
	for i := range 16 {
		s := &malform.Session{AS: 65001, AS4: i&1 == 0, Internal: i&2 != 0, AddPath: i&4 != 0, AddPath6: i&4 != 0,
			Enhanced: i&8 != 0, Extended: i&8 != 0, IPv6: true, Crossing: i&4 != 0, NextHop: [4]byte{10, 0, 0, 2}, Net: 100}
		s.ValidOpen = string(sampleOpen(s.AS, 2, s))
		l = append(l, s)
	}
	return l
}

// established is the model of a session of that kind that is up.
func established(t testing.TB, s *malform.Session) *InModel {
	m := NewInModel(InConfig{PeerAS: s.AS, ExaBGP: s.ExaBGP})
	local := s.AS
	if !s.Internal {
		local = 65000
	}
	require.NoError(t, m.Sent(sampleOpen(local, 1, s)))
	m.Received([]byte(s.ValidOpen))
	m.Received(malform.Message(malform.Keepalive))
	require.True(t, m.Up())
	return m
}

// TestMalformations holds the model, which reads bytes, against the table of
// cases, which says what each was made for.
func TestMalformations(t *testing.T) {
	for i, s := range samples() {
		for _, c := range malform.Cases(s) {
			t.Run(fmt.Sprintf("%d/%s", i, c.Name), func(t *testing.T) {
				m := established(t, s)
				if c.Phase == malform.Opening {
					m = NewInModel(InConfig{PeerAS: s.AS})
					require.NoError(t, m.Sent(sampleOpen(65000, 1, s)))
				}
				msg := c.Make()
				up := m.Up()
				m.Received(msg)
				due, unsure := m.due, m.unsure
				if c.Want.Treat == malform.Reset {
					require.NotNil(t, due, "%s: want %v", c.RFC, c.Want)
					require.Equal(t, [2]byte{c.Want.Code, c.Want.Subcode}, [2]byte{due.code, due.sub}, c.RFC)
					if c.Want.Data != nil && due.fixed {
						require.Equal(t, c.Want.Data[:min(len(c.Want.Data), mostData)], due.data, c.RFC)
					}
					return
				}
				require.Nil(t, due, "%s: want %v, have %v", c.RFC, c.Want, due)
				if c.Want.Treat == malform.Close {
					require.False(t, m.Up())
					return
				}
				require.Equal(t, up, m.Up(), "%s: the session must survive", c.RFC)
				if msg[18] != malform.Update || unsure {
					return
				}
				r := readUpdate(msg[19:], &m.opts)
				want := map[malform.Treatment]inTreat{malform.Discard: inDiscard, malform.Withdraw: inWithdraw}[c.Want.Treat]
				require.Equal(t, want, r.treat, "%s: %+v", c.RFC, r.errs)
			})
		}
	}
}
