package check_test

import (
	"fmt"

	"github.com/peerloom/peerloom/sim/check"
)

// A speaker that lets a route leave which was announced and cleared in one
// batch is caught by the bytes that its peer received.
func Example() {
	m := check.NewOutModel(check.OutConfig{})
	m.Up(session(false))
	m.Apply(b(announce(0, 0), clear))
	m.Apply(b(announce(1, 1)))
	for _, e := range m.Expected() {
		fmt.Println(e)
	}
	fmt.Println(m.Observe(eor()))
	fmt.Println(m.Observe(reach(0, 0)))
	// Output:
	// End-of-RIB of 1/1
	// announce 192.168.0.1/32 origin igp as-path [ ] next-hop 10.0.0.1 local-preference 100
	// <nil>
	// invariant OUT-06: A route that want does not hold, and that no earlier batch still owes the peer, is never announced.
	//   want: announce 192.168.0.1/32 origin igp as-path [ ] next-hop 10.0.0.1 local-preference 100
	//   got:  announce 192.168.0.0/32 origin igp as-path [ ] next-hop 10.0.0.0 local-preference 100, which is not wanted
}
