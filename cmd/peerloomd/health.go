package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
)

// healthState is what is known of the service that is checked.
type healthState int

const (
	healthInit     healthState = iota // nothing is announced yet
	healthRising                      // good, but not often enough
	healthFalling                     // bad, but not often enough
	healthUp                          // good, rise times running
	healthDown                        // bad, fall times running
	healthDisabled                    // the disable file is there
)

var healthNames = [...]string{
	healthInit: "INIT", healthRising: "RISING", healthFalling: "FALLING",
	healthUp: "UP", healthDown: "DOWN", healthDisabled: "DISABLED",
}

func (s healthState) String() string { return healthNames[s] }

// told reports that routes are announced or withdrawn in this state; in the
// others what was told last stands.
func (s healthState) told() bool { return s >= healthUp }

// health counts results. It is changed by its method next alone.
type health struct {
	rise, fall int
	state      healthState
	count      int // results running that are counted in rising and falling
}

// next takes one result: whether the disable file is there, or whether the
// check was good. It reports whether the state changed.
func (h *health) next(disabled, good bool) bool {
	before := h.state
	switch {
	case disabled:
		h.state, h.count = healthDisabled, 0
	case good:
		h.count1(healthRising, healthUp, h.rise)
	default:
		h.count1(healthFalling, healthDown, h.fall)
	}
	return h.state != before
}

// count1 counts a result that leads over the state on the way to the one at
// the end, which it reaches after limit of them.
func (h *health) count1(way, end healthState, limit int) {
	if h.state == end {
		return
	}
	if h.state != way {
		h.state, h.count = way, 0
	}
	if h.count++; h.count >= limit {
		h.state = end
	}
}

// healthRoutes is what is announced.
type healthRoutes struct {
	prefixes  []netip.Prefix
	nextHop   string
	metrics   [healthDisabled + 1]uint32 // of the states that are told
	increase  uint32                     // from one prefix to the next
	community string
	// disabledCommunity stands in place of community while disabled, asPaths in place
	// of asPath in their states, where they are not empty.
	disabledCommunity string
	extended, large   string
	asPath            string
	asPaths           [healthDisabled + 1]string
	pathID            string
	localPref         int // -1: none
	neighbors         []string
	withdrawOnDown    bool
}

// commands are the lines for the daemon that say the state s.
func (r *healthRoutes) commands(s healthState) []string {
	var out []string
	selectors := []string{""}
	if len(r.neighbors) > 0 {
		selectors = selectors[:0]
	}
	for _, n := range r.neighbors {
		selectors = append(selectors, "neighbor "+n+" ")
	}
	withdraw := r.withdrawOnDown && s != healthUp
	for _, selector := range selectors {
		metric := r.metrics[s]
		for _, p := range r.prefixes {
			out = append(out, selector+r.command(s, p, metric, withdraw))
			metric += r.increase
		}
	}
	return out
}

func (r *healthRoutes) command(s healthState, p netip.Prefix, metric uint32, withdraw bool) string {
	verb := "announce"
	if withdraw {
		verb = "withdraw"
	}
	line := verb + " route " + p.String() + " next-hop " + r.nextHop
	if r.pathID != "" {
		line += " path-information " + r.pathID
	}
	if withdraw {
		return line
	}
	line += " med " + strconv.FormatUint(uint64(metric), 10)
	if r.localPref >= 0 {
		line += " local-preference " + strconv.Itoa(r.localPref)
	}
	community := r.community
	if s == healthDisabled {
		community = cmp.Or(r.disabledCommunity, community)
	}
	for _, list := range [...]struct{ name, values string }{
		{"community", community}, {"extended-community", r.extended}, {"large-community", r.large},
		{"as-path", cmp.Or(r.asPaths[s], r.asPath)},
	} {
		if list.values != "" {
			line += " " + list.name + " [ " + list.values + " ]"
		}
	}
	return line
}

// maxDeaggregated is how many addresses prefixes may be taken apart into.
const maxDeaggregated = 1024

// choose says which prefixes are announced, and in which order.
func (r *healthRoutes) choose(ctx context.Context, o *healthOptions, lo *loopback) error {
	if len(r.prefixes) == 0 {
		there, err := lo.addresses(ctx)
		if err != nil || len(there) == 0 {
			return errors.Join(errors.New("no address: write --ip PREFIX, or give the loopback interface one"), err)
		}
		r.prefixes = there
	}
	if o.deaggregate {
		var all []netip.Prefix
		for _, p := range r.prefixes {
			for a := p.Masked().Addr(); p.Contains(a); a = a.Next() {
				if len(all) == maxDeaggregated {
					return fmt.Errorf("--deaggregate-networks: more than %d addresses", maxDeaggregated)
				}
				all = append(all, netip.PrefixFrom(a, a.BitLen()))
			}
		}
		r.prefixes = all
	}
	if o.startIP >= len(r.prefixes) {
		return fmt.Errorf("--start-ip %d: there are %d addresses, the first is 0", o.startIP, len(r.prefixes))
	}
	r.prefixes = slices.Concat(r.prefixes[o.startIP:], r.prefixes[:o.startIP])
	return nil
}
