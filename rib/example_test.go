package rib_test

import (
	"fmt"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/rib"
)

// A route is announced and flushed before the peer has taken anything: what
// leaves is what would have left had the peer been fast.
func ExampleOut() {
	o := rib.NewOut(rib.Config{Interner: rib.NewInterner()})
	s := session(codec.IPv4Unicast)
	s.EnhancedRefresh = true
	o.Up(s)
	o.Apply([]rib.Op{announce("10.0.0.0/8", "192.0.2.1")})
	o.Apply([]rib.Op{flush})
	o.Apply([]rib.Op{wipe})
	for _, m := range drain(o) {
		fmt.Println(tell(&s, m))
	}
	// Output:
	// eor 1/1
	// +10.0.0.0/8 via 192.0.2.1
	// BoRR 1/1
	// +10.0.0.0/8 via 192.0.2.1
	// EoRR 1/1
	// -10.0.0.0/8
}
