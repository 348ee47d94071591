package explore_test

import (
	"fmt"
	"net/netip"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/explore"
	"github.com/peerloom/peerloom/speaker"
)

// A route is announced and cleared while a session comes up.
func ExampleNew() {
	root, err := explore.New(explore.Story{
		Neighbor: speaker.Neighbor{
			Name: "peer", PeerAddress: netip.MustParseAddr("192.0.2.1"), LocalAddress: netip.MustParseAddr("192.0.2.2"),
			LocalAS: 65001, PeerAS: 65001, RouterID: netip.MustParseAddr("192.0.2.2"),
			Families: codec.FamilySet{codec.IPv4Unicast},
		},
		Clients: []explore.Client{{Lines: []string{
			"announce route 198.51.100.0/24 next-hop 192.0.2.2",
			"clear adj-rib out",
		}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	x := sim.Explore(root, sim.Limits{})
	fmt.Println(x, x.Err)
	// Output:
	// 31 states, 48 transitions, 2 leaves, 41 interleavings <nil>
}
