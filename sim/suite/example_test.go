package suite_test

import (
	"fmt"
	"testing/fstest"

	"github.com/peerloom/peerloom/sim/suite"
)

// files is a case: one message in a group of its own, then two in any order.
func files() fstest.MapFS {
	const marker = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
	return fstest.MapFS{
		"two.ci": {Data: []byte(`option:file:two.conf
# the End-of-RIB, then a route and the end of it
1:raw:` + marker + `:0017:02:00000000
2:raw:` + marker + `:0031:02:0000001540010100400200400304C000020140050400000064200A000001
2:raw:` + marker + `:001C:02:0005200A0000010000
`)},
		"two.conf": {Data: []byte(`process helper { run ./run/two.run; encoder text; }
neighbor 127.0.0.2 {
	router-id 127.0.0.1;
	local-address 127.0.0.1;
	local-as 1;
	peer-as 1;
	family { ipv4 unicast; }
	api { processes [ helper ]; }
}
`)},
		"two.script": {Data: []byte(`sleep 0.2
send announce route 10.0.0.1/32 next-hop 192.0.2.1
sleep 0.1
send withdraw route 10.0.0.1/32
expect-ack 2
wait-shutdown 5
`)},
	}
}

// A case is read from a folder and played with a seed; the same seed plays it the
// same way.
func Example() {
	c, err := suite.Load(files(), "two.ci")
	if err != nil {
		panic(err)
	}
	r := c.Run(7, nil)
	for _, m := range r.Messages {
		fmt.Println(m.Describe())
	}
	fmt.Println(r.Err, r.Hash == c.Run(7, nil).Hash, r.Hash == c.Run(8, nil).Hash)
	// Output:
	// End-of-RIB ipv4 unicast
	// UPDATE announce 10.0.0.1/32 next-hop 192.0.2.1 origin igp local-preference 100
	// UPDATE withdraw 10.0.0.1/32
	// <nil> true false
}
