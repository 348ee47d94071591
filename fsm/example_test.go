package fsm_test

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
)

// A session from Idle to Established.
func Example() {
	id := netip.MustParseAddr
	s := fsm.New(fsm.Config{
		LocalAS: 65001, LocalID: id("10.0.0.1"), HoldTime: 90 * time.Second,
		Open: codec.Open{Version: 4, AS: 65001, HoldTime: 90, ID: id("10.0.0.1")},
	})
	peer := &codec.Open{Version: 4, AS: 65002, HoldTime: 30, ID: id("10.0.0.2")}
	now := time.Unix(0, 0)
	for _, in := range []fsm.Input{
		{Event: fsm.ManualStart}, {Event: fsm.TCPCRAcked}, {Event: fsm.BGPOpen, Open: peer}, {Event: fsm.KeepAliveMsg},
	} {
		n := len(s.Step(now, in, nil))
		fmt.Println(in.Event, "->", s.State(), n)
	}
	fmt.Println(s.Negotiated().HoldTime, s.Negotiated().KeepaliveTime)
	// Output:
	// ManualStart -> Connect 2
	// Tcp_CR_Acked -> OpenSent 1
	// BGPOpen -> OpenConfirm 1
	// KeepAliveMsg -> Established 1
	// 30s 10s
}
