package command_test

import (
	"fmt"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

func ExampleParse() {
	c := command.Parse("announce route 10.0.0.0/8 next-hop 192.0.2.1 med 5 sync")
	for _, r := range c.Routes {
		fmt.Println(r.NLRI, r.Attrs, c.Sync)
	}
	c = command.Parse("announce route 10.0.0.0/8")
	fmt.Printf("%s", command.AppendReply(nil, &speaker.Reply{Err: c.Err}))
	// Output:
	// 10.0.0.0/8 next-hop 192.0.2.1 med 5 true
	// error: announce requires nexthop: 10.0.0.0/8
	// error
}
