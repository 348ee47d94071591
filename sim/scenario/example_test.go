package scenario_test

import (
	"fmt"
	"os"

	"github.com/peerloom/peerloom/sim/scenario"
)

// A scenario is read and run with a seed; the same seed gives the same run.
func Example() {
	text, err := os.ReadFile("../../examples/api-rr.scenario")
	if err != nil {
		panic(err)
	}
	f, err := scenario.Parse("api-rr.scenario", text)
	if err != nil {
		panic(err)
	}
	r := scenario.Run(f, scenario.Options{Seed: 7})
	for _, m := range r.Messages {
		fmt.Println(m.From, m.To, m.Describe())
	}
	fmt.Println(r.Verdict, r.Hash == scenario.Run(f, scenario.Options{Seed: 7}).Hash)
	// Output:
	// dut peer End-of-RIB ipv4 unicast
	// dut peer UPDATE announce 192.168.0.0/32 next-hop 10.0.0.0 origin igp local-preference 100
	// dut peer UPDATE announce 192.168.0.1/32 next-hop 10.0.0.1 origin igp local-preference 100
	// dut peer ROUTE-REFRESH request ipv4 unicast
	// dut peer UPDATE announce 192.168.0.2/32 next-hop 10.0.0.1 origin igp local-preference 100
	// ok true
}
