package config_test

import (
	"fmt"

	"github.com/peerloom/peerloom/speaker/config"
)

func ExampleParse() {
	_, err := config.Parse("peers.conf", []byte(`
neighbor 192.0.2.1 {
	router-id 192.0.2.2;
	local-as 65000;
	peer-as 65001;
	hold-time 2;
	static { route 10.0.0.0/8; }
}`), config.DefaultEnv())
	fmt.Println(err)
	// Output:
	// peers.conf:6:12: "2" is not a hold time: write 0, or 3 to 65535 seconds (RFC 4271 §4.2)
	// peers.conf:7:17: announce requires nexthop: 10.0.0.0/8: add next-hop IP or next-hop self
}
