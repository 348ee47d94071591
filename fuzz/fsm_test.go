package fuzz

import (
	"net/netip"
	"testing"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/sim/check"
)

// FuzzSession steps a session by bytes: an event, or a wait until the next timer.
func FuzzSession(f *testing.F) {
	f.Add([]byte{0, 1, 16, 19, 26, 27, 0, 0, 25, 0})
	f.Add([]byte{7, 1, 17, 19, 26, 18, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 {
			return
		}
		id := netip.MustParseAddr("10.0.0.1")
		c := fsm.Config{LocalAS: 1, LocalID: id, HoldTime: 9 * time.Second, ConnectRetry: time.Second, AutoStart: b[0]&1 != 0,
			Damp: b[0]&2 != 0, Passive: b[0]&8 != 0, NotifyInOpenSent: b[0]&16 != 0, Open: codec.Open{Version: 4, AS: 1, HoldTime: 9, ID: id}}
		if b[0]&4 != 0 {
			c.DelayOpen = time.Second
		}
		s, now := fsm.New(c), time.Unix(0, 0)
		for _, x := range b[1:] {
			e := fsm.Event(x % 30)
			if e == 0 {
				if d := s.Deadline(); !d.IsZero() {
					now = d
					s.Advance(now, nil)
				}
				continue
			}
			open := &codec.Open{Version: 4, AS: 2, HoldTime: uint16(x / 30), ID: netip.MustParseAddr("10.0.0.2")}
			from := s.State()
			out := s.Step(now, fsm.Input{Event: e, Open: open}, nil)
			if why := check.FSMStep(from, e, s.State(), out); why != "" {
				t.Fatalf("%s in %s to %s: %s (%v)", e, from, s.State(), why, out)
			}
		}
	})
}
