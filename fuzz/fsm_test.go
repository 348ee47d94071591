package fuzz

import (
	"net/netip"
	"testing"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/sim/check"
)

// FuzzSession steps a session by bytes: two of options, then one an event, or a
// wait until the next timer. The oracle judges each. An input beyond 512 bytes
// is cut: it holds nothing that a shorter one does not.
func FuzzSession(f *testing.F) {
	f.Add([]byte{0, 0, 1, 16, 19, 26, 27, 0, 0, 25, 0})
	f.Add([]byte{7, 0, 1, 17, 19, 26, 18, 0})
	f.Add([]byte{4, 3, 1, 16, 30, 19, 11, 26, 31, 0, 0})
	deviations := check.FSMDeviations(fsm.Deviations())
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 2 {
			return
		}
		c, incoming := sessionConfig(b[0], b[1]), b[1]&4 != 0
		s, o, now := fsm.New(c), check.NewFSMOracle(c, incoming, deviations), time.Unix(0, 0)
		if incoming {
			s = fsm.NewIncoming(c)
		}
		var out []fsm.Action
		for i, x := range b[2:min(len(b), 512)] {
			from, why := s.State(), (*check.Violation)(nil)
			switch e := fsm.Event(x % 32); e {
			case 0:
				if d := s.Deadline(); !d.IsZero() {
					now = d
				}
				out = s.Advance(now, out[:0])
				why = o.Advance(now, out, s)
			case 30:
				s.Pending(now, x&32 != 0)
				why = o.Pending(now, x&32 != 0, s)
			case 31:
				s.Sent(now, codec.MessageType(x>>5))
				why = o.Sent(now, codec.MessageType(x>>5), s)
			default:
				in := sessionInput(e, x>>5)
				out = s.Step(now, in, out[:0])
				why = o.Step(now, in, out, s)
			}
			if why != nil {
				t.Fatalf("byte %d, in %s: %v", i, from, why)
			}
		}
	})
}

func sessionConfig(a, b byte) fsm.Config {
	id := netip.MustParseAddr("10.0.0.1")
	c := fsm.Config{LocalAS: 1, LocalID: id, HoldTime: 9 * time.Second, ConnectRetry: time.Second, AutoStart: a&1 != 0,
		Damp: a&2 != 0, IdleHoldMax: time.Minute, Passive: a&8 != 0, NotifyInOpenSent: a&16 != 0, TrackTCP: a&32 != 0,
		Open: codec.Open{Version: 4, AS: 1, HoldTime: 9, ID: id}}
	if a&4 != 0 {
		c.DelayOpen = time.Second
	}
	if a&64 != 0 {
		c.PeerAS = 2
	}
	if b&1 != 0 {
		c.SendHold = 10 * time.Second
	}
	if b&2 != 0 {
		c.HoldTime = 0
	}
	return c
}

// sessionInput is an event with one of 8 variants of what comes with it.
func sessionInput(e fsm.Event, variant byte) fsm.Input {
	open := codec.Open{Version: 4, AS: 2, HoldTime: 3 * uint16(variant), ID: netip.MustParseAddr("10.0.0.2")}
	switch variant {
	case 5:
		open.AS = 0
	case 6:
		open.HoldTime = 2
	case 7:
		open.AS, open.ID = 1, netip.MustParseAddr("10.0.0.1")
	}
	in := fsm.Input{Event: e, Open: &open, Notification: codec.Notification{Code: codec.NotificationCode(variant), Subcode: variant & 1}}
	if variant > 3 {
		in.Err = &codec.Error{Code: codec.CodeHeader, Subcode: variant, NoReply: variant == 7}
		in.Stop = codec.Notification{Code: codec.CodeCease, Subcode: variant}
	}
	return in
}
