package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/pflag"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/explore"
	"github.com/peerloom/peerloom/sim/scenario"
)

const exploreHelp = `Usage: peerloom explore [flags] FILE

Runs a scenario in every order of its events. States that are equal are visited
once; interleavings are the paths through them.

    peerloom explore examples/api-rr-rib.scenario
    peerloom explore examples/api-rib.scenario --resets 0
    peerloom explore examples/two-clients.scenario --refreshes 1 --plain-refresh
    peerloom explore examples/collision.scenario
    peerloom explore examples/collision.scenario --resets 0 --timers 1

One speaker and one peer: a line of a client arrives, a batch of lines closes, one
message is pulled, the peer asks for a refresh, the session ends, another comes up.
After each message the contract of the Adj-RIB-Out is checked, and whenever nothing
is queued the peer's view too. Of the scenario the configuration, the peer's capabilities and the clients'
lines count; what paces them does not, as every order is tried. Timers stand
still. A peer asks for refreshes only where the neighbor has route-refresh.

Two speakers that are each other's neighbor: they start, dial (each up to --dials
times: what is dialled after that is not answered), hear that a connection is up,
receive a message or the end of a connection, on each connection and at each end
in its own time; up to --resets connections break or dials fail, and up to --timers
timers expire. Checked is RFC 4271 section 6.8: both OPENs went on one connection
at most, Cease/7 closes the one that the lower identifier opened, the ends do not
each close what the other keeps, and at rest there is one session, the same at both.

The verdict is ok only when every state was visited, and "not exhausted" where
the limit or an interrupt stopped the search. Where a rule breaks, a
shortest story that breaks it is printed.

Exit status: 0 ok, 1 a failure was found or not all was visited, 2 wrong usage
or a wrong file.
`

// exploreOptions are the flags of explore.
type exploreOptions struct {
	refreshes, resets, clients, states int
	dials, timers                      int
	plain                              bool
	resetsSaid                         bool
}

func exploreCommand(ctx context.Context, e env, args []string) int {
	var o exploreOptions
	f := flags("explore")
	f.IntVar(&o.refreshes, "refreshes", 2, "how many refreshes the peer may ask for")
	f.IntVar(&o.resets, "resets", 2, "how many times the session may end; of two speakers: how many connections may break (1)")
	f.IntVar(&o.clients, "clients", 0, "only the first `N` clients of the story; 0: all")
	f.BoolVar(&o.plain, "plain-refresh", false, "the peer does not know enhanced refresh (RFC 7313)")
	f.IntVar(&o.dials, "dials", 2, "of two speakers: how many dials of each are answered")
	f.IntVar(&o.timers, "timers", 0, "of two speakers: how many timers may expire while there is a connection")
	f.IntVar(&o.states, "max-states", 4_000_000, "stop after so many states (about 350 bytes each)")
	if status, stop := e.parse(f, exploreHelp, args); stop {
		return status
	}
	o.resetsSaid = f.Changed("resets")
	file, err := load(f.Args(), "")
	if err != nil {
		return e.wrong(f, err)
	}
	if o.states < 1 {
		return e.usage(f, errors.New("--max-states: write 1 or more"))
	}
	if o.refreshes < 0 || o.resets < 0 || o.timers < 0 || o.refreshes > 100 || o.resets > 100 || o.timers > 100 {
		return e.usage(f, errors.New("--refreshes, --resets and --timers: write 0 to 100"))
	}
	for _, name := range onlyFor[len(file.Speakers) == 2] {
		if f.Changed(name) {
			return e.usage(f, fmt.Errorf("--%s has no meaning for a story of %d speakers", name, len(file.Speakers)))
		}
	}
	// A search keeps little and throws away much: collect less often.
	debug.SetGCPercent(400)
	if len(file.Speakers) == 2 {
		return e.explorePair(ctx, file, o)
	}
	return e.exploreStory(ctx, f, file, o)
}

// onlyFor lists the flags that a pair of speakers (true), or a story of one
// (false), has no use for.
var onlyFor = map[bool][]string{
	true:  {"refreshes", "clients", "plain-refresh"},
	false: {"dials", "timers"},
}

func (e env) exploreStory(ctx context.Context, f *pflag.FlagSet, file *scenario.File, o exploreOptions) int {
	s, err := file.Story()
	switch {
	case err != nil:
		fmt.Fprintf(e.stderr, "%s: %v\n", f.Arg(0), err)
		return exitUsage
	case o.clients < 0 || o.clients > len(s.Clients):
		return e.usage(f, fmt.Errorf("--clients=%d: the story has %d", o.clients, len(s.Clients)))
	case o.clients > 0:
		s.Clients = s.Clients[:o.clients]
	}
	s.Refreshes, s.Resets = o.refreshes, o.resets
	if o.plain {
		s.Without = append(slices.Clone(s.Without), codec.CapEnhancedRefresh)
	}
	if !s.CanRefresh() {
		s.Refreshes = 0
	}
	root, err := explore.New(s)
	if err != nil {
		return e.unexplored(file.Name, err)
	}
	fmt.Fprintf(e.stdout, "story          %s: clients: %d, at most %d refreshes and %d resets\n",
		file.Name, len(s.Clients), s.Refreshes, s.Resets)
	return e.verdict(sim.Explore(root, sim.Limits{States: o.states, Watch: e.watch(ctx)}))
}

func (e env) explorePair(ctx context.Context, file *scenario.File, o exploreOptions) int {
	p, err := file.Pair()
	if err != nil {
		return e.unexplored(file.Name, err)
	}
	p.Dials, p.Resets, p.Timers = o.dials, 1, o.timers
	if o.resetsSaid {
		p.Resets = o.resets
	}
	root, err := explore.NewPair(p)
	if err != nil {
		return e.unexplored(file.Name, err)
	}
	fmt.Fprintf(e.stdout, "pair           %s: %s and %s, at most %d connections, %d resets and %d timers\n",
		file.Name, p.Names[0], p.Names[1], p.Connections(), p.Resets, p.Timers)
	return e.verdict(sim.Explore(root, sim.Limits{States: o.states, Watch: e.watch(ctx)}))
}

// unexplored says why a file is not explored.
func (e env) unexplored(name string, err error) int {
	fmt.Fprintf(e.stderr, "peerloom explore: %s: %v\n", name, err)
	return exitUsage
}

// watch prints a line a second, and stops the search when ctx ends.
func (e env) watch(ctx context.Context) func(sim.Exploration) bool {
	start := time.Now()
	said := start
	return func(x sim.Exploration) bool {
		if now := time.Now(); now.Sub(said) >= time.Second {
			said = now
			spent := now.Sub(start)
			fmt.Fprintf(e.stderr, "%v: %d states, %d transitions, %d transitions/s\n", spent.Round(time.Second),
				x.States, x.Transitions, int64(x.Transitions)*int64(time.Second)/int64(spent))
		}
		return ctx.Err() == nil
	}
}

func (e env) verdict(x sim.Exploration) int {
	fmt.Fprintf(e.stdout, "states         %d\ntransitions    %d\n", x.States, x.Transitions)
	switch {
	case x.Err != nil:
		fmt.Fprintf(e.stdout, "verdict        %s\n\n", violation(x.Err))
		for i, m := range x.Path {
			fmt.Fprintf(e.stdout, "%4d  %s\n", i+1, m)
		}
		fmt.Fprintf(e.stdout, "\n%v\n", x.Err)
	case !x.Exhausted:
		fmt.Fprintln(e.stdout, "verdict        not exhausted")
	case x.Cycle != nil:
		fmt.Fprintf(e.stdout, "interleavings  without end: the story turns in a circle: %q\nverdict        ok\n", x.Cycle)
	case x.Interleavings == nil:
		fmt.Fprint(e.stdout, "interleavings  2^255 or more\nverdict        ok\n")
	default:
		fmt.Fprintf(e.stdout, "interleavings  %v\nverdict        ok\n", x.Interleavings)
	}
	if x.Err != nil || !x.Exhausted {
		return exitFailed
	}
	return exitOK
}

// violation names what broke.
func violation(err error) string {
	var v *check.Violation
	if errors.As(err, &v) {
		return "violates " + string(v.ID)
	}
	return "failed"
}
