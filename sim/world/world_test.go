package world_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/world"
	"github.com/peerloom/peerloom/speaker/config"
)

// options is the world of the Example, with the peer and client scripts given.
func options(t *testing.T, edit func(string) string, client []world.Step, peer []world.Step) world.Options {
	conf := text
	if edit != nil {
		conf = edit(text)
	}
	cfg, err := config.Parse("dut.conf", []byte(conf), config.DefaultEnv())
	require.NoError(t, err)
	return world.Options{
		Source:   sim.NewSeed(1),
		Speakers: []world.Speaker{{Name: "dut", Config: cfg}},
		Peers:    []world.Peer{{Name: "peer", Address: netip.MustParseAddr("10.0.0.2"), Script: peer}},
		Clients:  []world.Client{{Process: "helper", Speaker: "dut", Script: client}},
	}
}

func run(t *testing.T, o world.Options) (*world.World, error) {
	w, err := world.New(o)
	require.NoError(t, err)
	return w, w.Run()
}

func lines(w *world.World) []string {
	var l []string
	for _, m := range w.Messages() {
		l = append(l, m.From+" "+m.To+" "+m.Describe())
	}
	return l
}

func send(lines ...string) world.Step { return world.Step{Kind: world.Send, Lines: lines} }

func violation(t *testing.T, err error) *check.Violation {
	var v *check.Violation
	require.True(t, errors.As(err, &v), "%v", err)
	return v
}

func TestASessionThatNeverComesUpIsAFailure(t *testing.T) {
	o := options(t, nil, nil, nil)
	o.Peers[0].Address = netip.MustParseAddr("10.0.0.3")
	_, err := run(t, o)
	v := violation(t, err)
	require.Equal(t, check.LiveQuiet, v.ID)
	require.Contains(t, v.Got, "speaker dut has no session with 10.0.0.2")
}

func TestPeersAct(t *testing.T) {
	refresh := func(s string) string {
		return strings.Replace(s, "\tapi {", "\tcapability {\n\t\troute-refresh;\n\t}\n\tapi {", 1)
	}
	announce := []world.Step{{Kind: world.WaitEndOfRIB}, send("announce route 192.0.2.0/24 next-hop 10.0.0.9")}
	const route = "dut peer UPDATE announce 192.0.2.0/24 next-hop 10.0.0.9 origin igp local-preference 100"
	const eor = "dut peer End-of-RIB ipv4 unicast"
	wait := world.Step{Kind: world.WaitMessages, N: 2}
	for _, c := range []struct {
		name string
		step world.Step
		want []string
	}{
		{"refresh", world.Step{Kind: world.Refresh, Family: codec.IPv4Unicast}, []string{
			eor, route, "peer dut ROUTE-REFRESH request ipv4 unicast",
			"dut peer ROUTE-REFRESH BoRR ipv4 unicast", route, "dut peer ROUTE-REFRESH EoRR ipv4 unicast"}},
		{"reset", world.Step{Kind: world.ResetTCP}, []string{eor, route, route, eor}},
		{"close", world.Step{Kind: world.CloseTCP}, []string{eor, route, route, eor}},
		{"notification", world.Step{Kind: world.Notify, N: 4, Text: "maintenance"}, []string{
			eor, route, `peer dut NOTIFICATION 6/4 Cease, Administrative Reset: "maintenance"`, route, eor}},
		{"nothing", world.Step{Kind: world.Sleep, For: time.Second}, []string{eor, route}},
	} {
		w, err := run(t, options(t, refresh, announce, []world.Step{wait, c.step}))
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, lines(w), c.name)
	}
}

func TestPeersLeaveOutCapabilities(t *testing.T) {
	o := options(t, func(s string) string {
		return strings.Replace(s, "\tapi {", "\tcapability {\n\t\troute-refresh;\n\t}\n\tapi {", 1)
	}, []world.Step{{Kind: world.WaitEndOfRIB}, send("flush adj-rib out")}, nil)
	o.Peers[0].Without = []codec.CapCode{codec.CapEnhancedRefresh}
	w, err := run(t, o)
	require.NoError(t, err)
	require.Equal(t, []string{"dut peer End-of-RIB ipv4 unicast"}, lines(w), "no brackets")
}

func TestPeersDial(t *testing.T) {
	o := options(t, func(s string) string {
		return strings.Replace(s, "\tlocal-as", "\tpassive true;\n\tlisten 179;\n\tlocal-as", 1)
	}, nil, nil)
	o.Peers[0].Dial = netip.MustParseAddrPort("10.0.0.1:179")
	w, err := run(t, o)
	require.NoError(t, err)
	require.Equal(t, []string{"dut peer End-of-RIB ipv4 unicast"}, lines(w))
}

func TestAnswersAreExpected(t *testing.T) {
	for _, c := range []struct {
		name   string
		script []world.Step
		id     check.ID
	}{
		{"done", []world.Step{send("announce route 192.0.2.0/24 next-hop self"), {Kind: world.ExpectDone, N: 1}}, ""},
		{"error", []world.Step{send("announce rote"), {Kind: world.ExpectError, N: 1}}, ""},
		{"not done", []world.Step{send("announce rote"), {Kind: world.ExpectDone, N: 1}}, check.RunReply},
		{"not an error", []world.Step{send("announce route 192.0.2.0/24 next-hop self"), {Kind: world.ExpectError, N: 1}}, check.RunReply},
	} {
		_, err := run(t, options(t, nil, c.script, nil))
		if c.id == "" {
			require.NoError(t, err, c.name)
			continue
		}
		require.Equal(t, c.id, violation(t, err).ID, c.name)
	}
}

// Faults that always strike do show, and the world recovers when they stop.
func TestFaultsStrikeAndHeal(t *testing.T) {
	always := sim.Ratio{Num: 1, Den: 1}
	for _, c := range []struct {
		name  string
		edit  func(k *world.Knobs)
		calls string // of which there are more than without the fault
	}{
		{"reset", func(k *world.Knobs) { k.Reset = always }, "End-of-RIB"},
		{"refuse", func(k *world.Knobs) { k.Net = netsim.Faults{Refuse: sim.Ratio{Num: 3, Den: 4}} }, ""},
		{"stall", func(k *world.Knobs) { k.Stall = always }, ""},
		{"partition", func(k *world.Knobs) { k.Partition = always }, ""},
		{"refreshes", func(k *world.Knobs) { k.Refreshes = 3 }, ""},
	} {
		late, plain := time.Duration(0), time.Duration(0)
		for _, fault := range []bool{false, true} {
			o := options(t, nil, []world.Step{{Kind: world.Sleep, For: 2 * time.Second}, send("announce route 192.0.2.0/24 next-hop self")}, nil)
			o.Knobs = world.Knobs{Delay: time.Millisecond, Ticks: 8}
			if fault {
				c.edit(&o.Knobs)
			}
			w, err := run(t, o)
			require.NoError(t, err, c.name)
			at := w.Messages()[len(w.Messages())-1].At
			if !fault {
				plain = at
				continue
			}
			late = at
			if c.calls != "" {
				require.Greater(t, strings.Count(strings.Join(lines(w), "\n"), c.calls), 1, c.name)
			}
		}
		require.GreaterOrEqual(t, late, plain, c.name)
	}
}

func TestOptionsThatDoNotFit(t *testing.T) {
	for _, c := range []struct {
		edit func(o *world.Options)
		want string
	}{
		{func(o *world.Options) { o.Clients[0].Speaker = "x" }, "client helper: there is no speaker x"},
		{func(o *world.Options) { o.Clients[0].Process = "x" }, "client x: speaker dut has no process of that name"},
		{func(o *world.Options) { o.Peers = append(o.Peers, o.Peers[0]) }, "peer peer: listen 10.0.0.2:179: address already in use"},
	} {
		o := options(t, nil, nil, nil)
		c.edit(&o)
		_, err := world.New(o)
		require.ErrorContains(t, err, c.want)
	}
}
