package fuzz_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// duo is a speaker with one established session, and the connection's number.
func duo(tb testing.TB, now time.Time) (*speaker.Speaker, speaker.ConnID) {
	s, err := speaker.New(speaker.Config{Neighbors: []speaker.Neighbor{{
		PeerAddress: netip.MustParseAddr("192.0.2.1"), LocalAS: 65001, PeerAS: 65002,
		RouterID: netip.MustParseAddr("192.0.2.2"), HoldTime: 90 * time.Second, AdjRIBIn: true,
		Families: codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast},
		Caps:     speaker.Capabilities{AS4: true, ExtendedMessage: true, RouteRefresh: true},
		Routes: []speaker.Route{{
			NLRI:  codec.PrefixNLRI(codec.IPv4Unicast, netip.MustParsePrefix("203.0.113.0/24"), 0),
			Attrs: codec.Attrs{codec.NextHop(netip.MustParseAddr("192.0.2.2"))},
		}},
	}}}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	var conn speaker.ConnID
	for _, a := range s.Step(now, speaker.Input{Kind: speaker.InStart}, nil) {
		if a.Kind == speaker.ActDial {
			conn = a.Conn
		}
	}
	s.Step(now, speaker.Input{Kind: speaker.InDialed, Conn: conn, Remote: netip.MustParseAddrPort("192.0.2.1:179")}, nil)
	open, err := codec.AppendOpen(nil, &codec.Open{
		Version: 4, AS: 65002, HoldTime: 90, ID: netip.MustParseAddr("192.0.2.1"),
		Caps: []codec.Capability{
			codec.MultiprotocolCap(codec.IPv4Unicast), codec.MultiprotocolCap(codec.IPv6Unicast), codec.AS4Cap(65002),
			codec.RouteRefreshCap(), codec.EnhancedRefreshCap(), codec.ExtendedMessageCap(),
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	s.Step(now, speaker.Input{Kind: speaker.InReceived, Conn: conn, Data: codec.AppendKeepalive(open)}, nil)
	return s, conn
}

// FuzzSpeaker sends whatever bytes to an established session. Nothing panics;
// at most one NOTIFICATION leaves, it is the last message, and the connection
// is closed after it; the speaker tries again.
func FuzzSpeaker(f *testing.F) {
	f.Add(codec.AppendKeepalive(nil))
	f.Add(codec.AppendNotification(nil, codec.Shutdown(codec.CeaseShutdown, "bye")))
	f.Add(codec.AppendRouteRefresh(codec.AppendKeepalive(nil), codec.RouteRefresh{Family: codec.IPv4Unicast}))
	f.Add(codec.AppendEndOfRIB(nil, codec.IPv6Unicast))
	f.Add(make([]byte, 19))
	f.Fuzz(func(t *testing.T, data []byte) {
		now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		s, conn := duo(t, now)
		notified, closed := false, false
		judge := func(acts []speaker.Action) {
			for _, a := range acts {
				switch {
				case a.Kind == speaker.ActSend && a.Conn == conn:
					if notified || closed {
						t.Fatalf("sent %s after the end", codec.Describe(a.Data, &codec.Options{}))
					}
					notified = codec.TypeOf(a.Data) == codec.MsgNotification
				case a.Kind == speaker.ActClose && a.Conn == conn:
					closed = true
				}
			}
		}
		// Two pieces: the first octet says where they part.
		cut := 0
		if len(data) > 0 {
			cut = int(data[0]) % len(data)
		}
		judge(s.Step(now, speaker.Input{Kind: speaker.InReceived, Conn: conn, Data: data[:cut]}, nil))
		judge(s.Step(now, speaker.Input{Kind: speaker.InReceived, Conn: conn, Data: data[cut:]}, nil))
		if notified && !closed {
			t.Fatal("a NOTIFICATION left and the connection stays open")
		}
		for range 1000 {
			msg, acts := s.Pull(now, conn, nil, nil)
			judge(acts)
			if msg == nil {
				break
			}
			if closed {
				t.Fatal("a closed connection still has messages")
			}
		}
		if s.Deadline().IsZero() {
			t.Fatal("nothing is armed: the session would never come back")
		}
	})
}
