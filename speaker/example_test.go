package speaker_test

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/speaker"
)

// A speaker is stepped with what happened and answers what is to be done.
func ExampleSpeaker() {
	s, err := speaker.New(speaker.Config{Neighbors: []speaker.Neighbor{{
		Name:        "neighbor 192.0.2.1",
		PeerAddress: netip.MustParseAddr("192.0.2.1"),
		LocalAS:     65001, PeerAS: 65002,
		RouterID: netip.MustParseAddr("192.0.2.2"),
		HoldTime: 90 * time.Second,
		Families: codec.FamilySet{codec.IPv4Unicast},
	}}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, a := range s.Step(now, speaker.Input{Kind: speaker.InStart}, nil) {
		if a.Kind != speaker.ActDial {
			continue
		}
		fmt.Println("dial", a.Remote)
		for _, b := range s.Step(now, speaker.Input{Kind: speaker.InDialed, Conn: a.Conn, Remote: a.Remote}, nil) {
			if b.Kind == speaker.ActSend {
				fmt.Println("send", codec.Describe(b.Data, &codec.Options{}))
			}
		}
	}
	// Output:
	// dial 192.0.2.1:179
	// send OPEN as=65001 hold=90 id=192.0.2.2 caps=[mp(ipv4 unicast)]
}
