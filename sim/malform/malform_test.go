package malform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim/malform"
)

// sessions are of every kind that the table tells apart.
func sessions() []*malform.Session {
	var l []*malform.Session
	for i := range 32 {
		s := &malform.Session{AS: 65001, AS4: i&1 == 0, Internal: i&2 != 0, AddPath: i&4 != 0, AddPath6: i&4 != 0,
			Enhanced: i&8 != 0, Extended: i&8 != 0, IPv6: i&16 == 0, Oper: i&16 == 0, Crossing: i&16 == 0, NextHop: [4]byte{10, 0, 0, 2}, Net: 100}
		caps := []byte{2, 6, 1, 4, 0, 1, 0, 1}
		if s.AS4 {
			caps = append(caps, 2, 6, 65, 4, 0, 0, 0xfd, 0xe9)
		}
		s.ValidOpen = string(malform.Message(malform.Open, []byte{4, 0xfd, 0xe9, 0, 180, 10, 0, 0, 2, byte(len(caps))}, caps))
		l = append(l, s)
	}
	return l
}

func options(s *malform.Session) *codec.Options {
	o := &codec.Options{NoASSet: !s.ExaBGP, AS4: s.AS4, IBGP: s.Internal, MaxLen: codec.MaxLen}
	if s.Extended {
		o.MaxLen = codec.MaxExtendedLen
	}
	if s.Crossing {
		o.ExtendedNextHop = codec.FamilySet{codec.IPv4Unicast}
	}
	if s.AddPath {
		o.AddPath = codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast}
	}
	return o
}

// verdict is what the codec asks for.
func verdict(s *malform.Session, msg []byte) (t codec.Treatment, e *codec.Error) {
	o := options(s)
	var f codec.Framer
	f.Write(msg)
	m, e := f.Next(o.Max())
	if e != nil {
		return e.Treat, e
	}
	switch codec.TypeOf(m) {
	case codec.MsgOpen:
		_, e = codec.DecodeOpen(m)
	case codec.MsgRouteRefresh:
		_, e = codec.DecodeRouteRefresh(m)
	case codec.MsgOperational:
		_, e = codec.DecodeOperational(m)
	case codec.MsgUpdate:
		var d codec.Decoder
		u := d.Update(m, o)
		for i := range u.Errs {
			if t = u.Worst(); u.Errs[i].Treat == t {
				return t, &u.Errs[i]
			}
		}
	}
	if e != nil {
		t = e.Treat
	}
	return t, e
}

// sessionAlone are cases that only a whole session can judge.
func sessionAlone(name string) bool {
	return name == "open/in-established" || strings.HasPrefix(name, "notification/") || strings.HasPrefix(name, "open/instead/") || name == "open/as-mismatch" || name == "header/type-7" || name == "operational/not-negotiated"
}

// TestCodec holds codec against the table: both were written from the RFCs.
func TestCodec(t *testing.T) {
	for i, s := range sessions() {
		for _, c := range malform.Cases(s) {
			if sessionAlone(c.Name) {
				continue
			}
			t.Run(fmt.Sprintf("%d/%s", i, c.Name), func(t *testing.T) {
				got, e := verdict(s, c.Make())
				want := map[malform.Treatment]codec.Treatment{
					malform.Discard: codec.TreatDiscard, malform.Withdraw: codec.TreatWithdraw,
					malform.Reset: codec.TreatReset, malform.Close: codec.TreatReset,
				}[c.Want.Treat]
				if want == 0 && got == codec.TreatDiscard && c.Want.Treat == malform.Ignore {
					return // of routes that nobody asked for
				}
				require.Equal(t, want, got, "%s: %v", c.RFC, e)
				if c.Want.Treat == malform.Reset {
					require.Equal(t, [2]byte{c.Want.Code, c.Want.Subcode}, [2]byte{byte(e.Code), e.Subcode}, "%s: %v", c.RFC, e)
					if c.Want.Data != nil {
						require.Equal(t, c.Want.Data, e.Data, "%s: %v", c.RFC, e)
					}
				}
				require.Equal(t, c.Want.Treat == malform.Close, e != nil && e.NoReply, c.RFC)
			})
		}
	}
}

// TestNames: a case is found by its name in every session that has it.
func TestNames(t *testing.T) {
	for i, s := range sessions() {
		seen := map[string]bool{}
		for _, c := range malform.Cases(s) {
			require.False(t, seen[c.Name], c.Name)
			if i%31 == 0 { // of every property once with and once without
				x, ok := malform.Find(s, c.Name)
				require.True(t, ok && x.Name == c.Name, c.Name)
			}
			require.NotEmpty(t, c.RFC, c.Name)
			seen[c.Name] = true
		}
		require.Greater(t, len(seen), 300)
	}
}

// TestEdges: attributes are as long as their names say.
func TestEdges(t *testing.T) {
	seen := 0
	for _, s := range sessions() {
		for _, c := range malform.Cases(s) {
			var size int
			if _, err := fmt.Sscanf(c.Name, "valid/mp-reach-%d-octets", &size); err != nil {
				if _, err := fmt.Sscanf(c.Name, "valid/mp-unreach-%d-octets", &size); err != nil {
					continue
				}
			}
			var d codec.Decoder
			u := d.Update(c.Make(), options(s))
			require.Empty(t, u.Errs)
			msg := c.Make()[23:]
			have, head := int(msg[2]), 3
			if msg[0]&malform.Extended != 0 {
				have, head = int(msg[2])<<8|int(msg[3]), 4
			}
			require.Equal(t, size, have, c.Name)
			require.Equal(t, have > 255, head == 4, c.Name)
			seen++
		}
	}
	require.Equal(t, 16*8, seen)
}
