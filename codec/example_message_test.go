package codec_test

import (
	"fmt"
	"net/netip"

	"github.com/peerloom/peerloom/codec"
)

// A framer takes the stream in any pieces and gives out whole messages.
func ExampleFramer() {
	stream := codec.AppendKeepalive(nil)
	stream = codec.AppendRouteRefresh(stream, codec.RouteRefresh{Family: codec.IPv4Unicast})
	stream = codec.AppendNotification(stream, codec.Shutdown(codec.CeaseShutdown, "maintenance"))

	var f codec.Framer
	for len(stream) > 0 {
		n := min(10, len(stream))
		f.Write(stream[:n])
		stream = stream[n:]
		for {
			msg, err := f.Next(codec.MaxLen)
			if err != nil {
				fmt.Println("send", err.Notification())
				return
			}
			if msg == nil {
				break
			}
			fmt.Println(codec.Describe(msg, nil))
		}
	}
	// Output:
	// KEEPALIVE
	// ROUTE-REFRESH request ipv4 unicast
	// NOTIFICATION 6/2 Cease, Administrative Shutdown: "maintenance"
}

func ExampleDecodeOpen() {
	msg, err := codec.AppendOpen(nil, &codec.Open{
		AS:       codec.ASTrans,
		HoldTime: 90,
		ID:       netip.MustParseAddr("10.0.0.1"),
		Caps: []codec.Capability{
			codec.MultiprotocolCap(codec.IPv4Unicast),
			codec.AS4Cap(4200000000),
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	open, bad := codec.DecodeOpen(msg)
	if bad != nil {
		fmt.Println("send", bad.Notification())
		return
	}
	as, _ := open.AS4()
	fmt.Println(open)
	fmt.Println(as, open.Families().Has(codec.IPv4Unicast))
	// Output:
	// OPEN as=23456 hold=90 id=10.0.0.1 caps=[mp(ipv4 unicast) as4(4200000000)]
	// 4200000000 true
}
