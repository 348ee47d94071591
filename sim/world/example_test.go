package world_test

import (
	"fmt"
	"net/netip"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/world"
	"github.com/peerloom/peerloom/speaker/config"
)

const text = `
process helper {
	run ./helper;
}
neighbor 10.0.0.2 {
	router-id 1.2.3.4;
	local-address 10.0.0.1;
	local-as 65001;
	peer-as 65001;
	family {
		ipv4 unicast;
	}
	api {
		processes [ helper ];
	}
}
`

// A client announces a route through a speaker, and the peer gets it.
func Example() {
	cfg, err := config.Parse("dut.conf", []byte(text), config.DefaultEnv())
	if err != nil {
		panic(err)
	}
	w, err := world.New(world.Options{
		Source:   sim.NewSeed(1),
		Speakers: []world.Speaker{{Name: "dut", Config: cfg}},
		Peers:    []world.Peer{{Name: "peer", Address: netip.MustParseAddr("10.0.0.2")}},
		Clients: []world.Client{{Process: "helper", Speaker: "dut", Script: []world.Step{
			{Kind: world.WaitEndOfRIB},
			{Kind: world.Send, Lines: []string{"announce route 192.0.2.0/24 next-hop self"}},
			{Kind: world.ExpectDone, N: 1},
		}}},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println("broken:", w.Run())
	for _, m := range w.Messages() {
		fmt.Printf("%s→%s %s\n", m.From, m.To, m.Describe())
	}
	view, _ := w.View("peer")
	fmt.Println(view)
	// Output:
	// broken: <nil>
	// dut→peer End-of-RIB ipv4 unicast
	// dut→peer UPDATE announce 192.0.2.0/24 next-hop 10.0.0.1 origin igp local-preference 100
	// 192.0.2.0/24 origin igp as-path [ ] next-hop 10.0.0.1 local-preference 100
}
