package explore_test

import (
	"fmt"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/explore"
)

// A route that is announced and cleared: nothing else happens but one session.
func ExampleNew() {
	story := explore.Stories()[0].Story
	story.Clients = []explore.Client{{Lines: []string{
		"announce route 192.0.2.0/24 next-hop 198.51.100.1",
		"clear adj-rib out",
	}}}
	story.Refreshes, story.Resets = 0, 0
	root, err := explore.New(story)
	if err != nil {
		fmt.Println(err)
		return
	}
	x := sim.Explore(root, sim.Limits{})
	fmt.Println(x, x.Err)
	// Output:
	// 31 states, 48 transitions, 2 leaves, 41 interleavings <nil>
}
