package fuzz_test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"testing"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/event"
)

// FuzzEvent: whatever a peer sends, each event is whole lines of valid JSON,
// and no text line holds a control character.
func FuzzEvent(f *testing.F) {
	f.Add(uint8(0), "down", codec.AppendEndOfRIB(nil, codec.IPv6Unicast))
	f.Add(uint8(7), "\"\x00\xff", codec.AppendRouteRefresh(nil, codec.RouteRefresh{Family: codec.IPv4Unicast, Subtype: 9}))
	f.Add(uint8(3), "", codec.AppendNotification(nil, codec.Notification{Code: 6, Subcode: 2, Data: []byte("\x04a\"\nb")}))
	open, _ := codec.AppendOpen(nil, &codec.Open{AS: 1, HoldTime: 9, ID: netip.MustParseAddr("1.1.1.1"), Caps: []codec.Capability{codec.FQDNCap("a\"", "b"), codec.AS4Cap(1)}})
	f.Add(uint8(13), "", open)
	f.Fuzz(func(t *testing.T, how uint8, text string, msg []byte) {
		if len(msg) >= codec.HeaderLen { // the framer lets no other through
			copy(msg, bytes.Repeat([]byte{0xff}, 16))
			msg = msg[:min(len(msg), codec.MaxExtendedLen)]
			msg[16], msg[17] = byte(len(msg)>>8), byte(len(msg))
		}
		ev := &speaker.Event{State: text, Reason: text, Message: msg, Options: &codec.Options{AS4: how&16 != 0},
			Parsed: how&1 != 0, Packets: how&2 != 0, Consolidate: how&4 != 0, Sent: how&8 != 0}
		if how&32 != 0 {
			ev.Options.AddPath = codec.FamilySet{codec.IPv4Unicast, codec.IPv6Unicast}
		}
		for ev.Kind = speaker.EvState; ev.Kind <= speaker.EvShutdown; ev.Kind++ {
			format := event.Format{JSON: true, Version: 4, Host: text}
			for _, line := range bytes.SplitAfter(format.Append(nil, time.Unix(0, 0), ev), []byte("\n")) {
				if len(line) > 0 && !json.Valid(line) {
					t.Fatalf("kind %d: not JSON: %s", ev.Kind, line)
				}
			}
			format.JSON = false
			for _, c := range format.Append(nil, time.Unix(0, 0), ev) {
				if c < ' ' && c != '\n' {
					t.Fatalf("kind %d: control character %#x in text", ev.Kind, c)
				}
			}
		}
	})
}
