package event_test

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/event"
)

func ExampleFormat_Append() {
	ev := &speaker.Event{
		Kind: speaker.EvMessage, Parsed: true,
		Peer:    speaker.PeerInfo{PeerAddress: netip.MustParseAddr("192.0.2.1")},
		Message: codec.AppendRouteRefresh(nil, codec.RouteRefresh{Family: codec.IPv4Unicast}),
	}
	var f event.Format
	fmt.Printf("%s", f.Append(nil, time.Unix(0, 0), ev))
	// Output:
	// neighbor 192.0.2.1 receive route-refresh afi ipv4 safi unicast query
}
