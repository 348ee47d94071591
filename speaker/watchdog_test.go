package speaker

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func watched(p string, withdrawn bool) Route {
	r := route(p, "10.0.0.1")
	r.Watchdog, r.Withdrawn = "w", withdrawn
	return r
}

func TestWatchdogAnnouncesAndWithdrawsItsRoutes(t *testing.T) {
	n := neighbor(func(n *Neighbor) {
		n.Routes = []Route{route("10.1.0.0/16", "10.0.0.1"), watched("10.2.0.0/16", true), watched("10.3.0.0/16", false)}
	})
	r := newRig(t, n)
	conn := r.up()
	require.Equal(t, []string{
		"UPDATE announce 10.1.0.0/16 next-hop 10.0.0.1 origin igp local-preference 100",
		"UPDATE announce 10.3.0.0/16 next-hop 10.0.0.1 origin igp local-preference 100",
		"End-of-RIB ipv4 unicast",
	}, r.pull(conn), "the route that is held back is not in the initial table")

	announce, withdraw := Command{Kind: CmdWatchdog, Text: "w"}, Command{Kind: CmdWatchdog, Text: "w", Withdraw: true}
	require.Equal(t, []string{"done"}, r.batch(announce))
	require.Equal(t, []string{"UPDATE announce 10.2.0.0/16 next-hop 10.0.0.1 origin igp local-preference 100"}, r.pull(conn))
	r.batch(announce)
	require.Empty(t, r.pull(conn), "a route in the state asked for is left alone")
	r.batch(withdraw)
	require.Equal(t, []string{"UPDATE withdraw 10.2.0.0/16", "UPDATE withdraw 10.3.0.0/16"}, r.pull(conn))
	r.batch(withdraw)
	require.Empty(t, r.pull(conn))
	require.Equal(t, []string{"done"}, r.batch(Command{Kind: CmdWatchdog, Text: "nobody"}))
	require.Equal(t, []string{"done", "done"}, r.batch(Command{Kind: CmdWatchdog, Text: "w", Withdraw: true, Sync: true}, Command{Kind: CmdNone}),
		"a sync that causes nothing waits for nothing")

	// The state outlives a reload, and what a watchdog announced leaves with
	// its route.
	r.batch(announce)
	r.pull(conn)
	n.Routes = []Route{watched("10.2.0.0/16", true), watched("10.4.0.0/16", true)}
	r.step(Input{Kind: InReload, Config: &Config{Neighbors: []Neighbor{n}, ExaBGP: true}})
	require.Equal(t, []string{"UPDATE withdraw 10.1.0.0/16", "UPDATE withdraw 10.3.0.0/16"}, r.pull(conn))
	n.Routes = n.Routes[1:]
	r.step(Input{Kind: InReload, Config: &Config{Neighbors: []Neighbor{n}, ExaBGP: true}})
	require.Equal(t, []string{"UPDATE withdraw 10.2.0.0/16"}, r.pull(conn))
}

// What a later command of the batch does to a watchdog's routes stands.
func TestWatchdogDoesNotBarkTwice(t *testing.T) {
	n := neighbor(func(n *Neighbor) { n.Routes = []Route{watched("10.2.0.0/16", true), watched("10.3.0.0/16", true)} })
	r := newRig(t, n)
	conn := r.up()
	r.pull(conn)
	dog := Command{Kind: CmdWatchdog, Text: "w"}
	r.batch(dog, Command{Kind: CmdClearOut})
	require.Empty(t, r.pull(conn), "announced and cleared in one batch")

	r.batch(Command{Kind: CmdWatchdog, Text: "w", Withdraw: true})
	r.batch(dog, Command{Kind: CmdWithdraw, Routes: []Route{route("10.2.0.0/16", "10.0.0.1")}})
	require.Equal(t, []string{"UPDATE withdraw 10.2.0.0/16", "UPDATE announce 10.3.0.0/16 next-hop 10.0.0.1 origin igp local-preference 100"}, r.pull(conn))
}
