package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/check"
	"github.com/peerloom/peerloom/sim/explore"
)

const exploreHelp = `Usage: peerloom explore [flags] FILE

Runs a scenario of one peer in every order of its events: a line of a client
arrives, a batch of lines closes, one message is pulled, the peer asks for a
refresh, the session ends, another comes up. After each message the contract of
the Adj-RIB-Out is checked, and whenever nothing is queued the peer's view too.
States that are equal are visited once; interleavings are the paths through them.

    peerloom explore examples/api-rr-rib.scenario
    peerloom explore examples/api-rib.scenario --resets 0
    peerloom explore examples/two-clients.scenario --refreshes 1 --plain-refresh

Of the scenario the configuration, the peer's capabilities and the clients'
lines count; what paces them does not, as every order is tried. Timers stand
still. A peer asks for refreshes only where the neighbor has route-refresh.

The verdict is ok only when every state was visited, and "not exhausted" where
the limit or an interrupt stopped the search. Where the contract breaks, a
shortest story that breaks it is printed.

Exit status: 0 ok, 1 a failure was found or not all was visited, 2 wrong usage
or a wrong file.
`

func exploreCommand(ctx context.Context, e env, args []string) int {
	var refreshes, resets, clients, states int
	var plain bool
	f := flags("explore")
	f.IntVar(&refreshes, "refreshes", 2, "how many refreshes the peer may ask for")
	f.IntVar(&resets, "resets", 2, "how many times the session may end")
	f.IntVar(&clients, "clients", 0, "only the first `N` clients of the story; 0: all")
	f.BoolVar(&plain, "plain-refresh", false, "the peer does not know enhanced refresh (RFC 7313)")
	f.IntVar(&states, "max-states", 4_000_000, "stop after so many states (about 350 bytes each)")
	if status, stop := e.parse(f, exploreHelp, args); stop {
		return status
	}
	file, err := load(f.Args(), "")
	if err != nil {
		return e.wrong(f, err)
	}
	s, err := file.Story()
	switch {
	case err != nil:
		fmt.Fprintf(e.stderr, "%s: %v\n", f.Arg(0), err)
		return exitUsage
	case refreshes < 0 || resets < 0 || refreshes > 100 || resets > 100:
		return e.usage(f, errors.New("--refreshes and --resets: write 0 to 100"))
	case clients < 0 || clients > len(s.Clients):
		return e.usage(f, fmt.Errorf("--clients=%d: the story has %d", clients, len(s.Clients)))
	case states < 1:
		return e.usage(f, errors.New("--max-states: write 1 or more"))
	case clients > 0:
		s.Clients = s.Clients[:clients]
	}
	s.Refreshes, s.Resets = refreshes, resets
	if plain {
		s.Without = append(slices.Clone(s.Without), codec.CapEnhancedRefresh)
	}
	if !s.CanRefresh() {
		s.Refreshes = 0
	}
	// A search keeps little and throws away much: collect less often.
	debug.SetGCPercent(400)
	return e.explore(ctx, file.Name, s, states)
}

func (e env) explore(ctx context.Context, name string, s explore.Story, states int) int {
	root, err := explore.New(s)
	if err != nil {
		fmt.Fprintf(e.stderr, "peerloom explore: %s: %v\n", name, err)
		return exitUsage
	}
	fmt.Fprintf(e.stdout, "story          %s: clients: %d, at most %d refreshes and %d resets\n",
		name, len(s.Clients), s.Refreshes, s.Resets)
	return e.verdict(sim.Explore(root, sim.Limits{States: states, Watch: e.watch(ctx)}))
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
