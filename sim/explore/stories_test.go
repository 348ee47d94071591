package explore

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// namedStory is a story with a name.
type namedStory struct {
	name  string
	story Story
}

// stories lists the stories of the tests. Each has an internal
// IPv4 unicast peer that may ask for two refreshes and lose the session twice.
func stories() []namedStory {
	const flush, clear = "flush adj-rib out", "clear adj-rib out"
	rib := []string{
		announce(0), clear, announce(1), clear, announce(2), announce(3), flush, announce(4), flush, clear, announce(5),
	}
	return []namedStory{
		{"api-rib", story1(nil, rib)},
		{"api-rib-table", story1([]int{3, 6}, rib)},
		{"two-clients", story1(nil,
			[]string{announce(1), flush, clear, announce(2)},
			[]string{announce(2), "withdraw route 192.168.0.1/32", flush},
		)},
		{"api-rr", story1([]int{6},
			[]string{announce(0), announce(1), "announce route-refresh ipv4 unicast", announce(2), "announce eor ipv4 unicast", flush},
		)},
	}
}

func announce(i int) string {
	return fmt.Sprintf("announce route 192.168.0.%d/32 next-hop 10.0.0.%d", i, i)
}

func story1(configured []int, clients ...[]string) Story {
	local := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	s := Story{
		Neighbor: speaker.Neighbor{
			Name: "neighbor 127.0.0.1", PeerAddress: local, LocalAddress: local, LocalAS: 1, PeerAS: 1,
			RouterID: netip.AddrFrom4([4]byte{1, 2, 3, 4}), HoldTime: 180 * time.Second, AdjRIBOut: true,
			Families: codec.FamilySet{codec.IPv4Unicast},
			Caps:     speaker.Capabilities{AS4: true, RouteRefresh: true},
		},
		ReachLast: true, Refreshes: 2, Resets: 2,
	}
	for _, i := range configured {
		prefix := netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 168, 0, byte(i)}), 32)
		s.Neighbor.Routes = append(s.Neighbor.Routes, speaker.Route{
			NLRI:  codec.PrefixNLRI(codec.IPv4Unicast, prefix, 0),
			Attrs: codec.Attrs{codec.NextHop(netip.AddrFrom4([4]byte{10, 0, 0, 9}))},
		})
	}
	for _, lines := range clients {
		s.Clients = append(s.Clients, Client{Lines: lines})
	}
	return s
}
