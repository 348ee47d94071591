package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/world"
)

// knob is one line that sets one field of the Knobs.
type knob struct {
	name  string
	what  string                      // what to write
	print func(k *world.Knobs) string // "" for the zero value
	set   func(k *world.Knobs, v string) bool
	zero  func(k *world.Knobs)
}

// faultClass is the kind of fault that a knob makes; "" for a knob that makes
// none.
func faultClass(knob string) string {
	for _, c := range [...]struct {
		name  string
		knobs []string
	}{
		{"connecting", []string{"refuse", "hang", "slow-connect"}},
		{"resets", []string{"reset", "cut"}},
		{"stalls", []string{"stall"}},
		{"partitions", []string{"partition"}},
		{"segments", []string{"split", "short-write"}},
		{"ticks", []string{"fault-ticks", "tick-every"}},
		{"refreshes", []string{"refreshes"}},
	} {
		if slices.Contains(c.knobs, knob) {
			return c.name
		}
	}
	return ""
}

// knobs lists them in the order in which they are printed.
func knobs() []knob {
	return []knob{
		{"pace", "quiet, replies or none", printPace, setPace, func(k *world.Knobs) { k.Pace = world.PaceQuiet }},
		duration("delay", func(k *world.Knobs) *time.Duration { return &k.Delay }),
		duration("jitter", func(k *world.Knobs) *time.Duration { return &k.Jitter }),
		number("window", func(k *world.Knobs) *int { return &k.Window }),
		duration("client-jitter", func(k *world.Knobs) *time.Duration { return &k.ClientJitter }),
		ratio("client-split", func(k *world.Knobs) *sim.Ratio { return &k.ClientSplit }),
		duration("client-gap", func(k *world.Knobs) *time.Duration { return &k.ClientGap }),
		duration("batch-window", func(k *world.Knobs) *time.Duration { return &k.Batch }),
		duration("pull-delay", func(k *world.Knobs) *time.Duration { return &k.PullDelay }),
		ratio("pull-stop", func(k *world.Knobs) *sim.Ratio { return &k.PullStop }),
		duration("read-delay", func(k *world.Knobs) *time.Duration { return &k.ReadDelay }),
		ratio("split", func(k *world.Knobs) *sim.Ratio { return &k.Net.Split }),
		ratio("short-write", func(k *world.Knobs) *sim.Ratio { return &k.Net.Short }),
		ratio("refuse", func(k *world.Knobs) *sim.Ratio { return &k.Net.Refuse }),
		ratio("hang", func(k *world.Knobs) *sim.Ratio { return &k.Net.Hang }),
		ratio("slow-connect", func(k *world.Knobs) *sim.Ratio { return &k.Net.Slow }),
		ratio("cut", func(k *world.Knobs) *sim.Ratio { return &k.Net.Cut }),
		ratio("reset", func(k *world.Knobs) *sim.Ratio { return &k.Reset }),
		ratio("stall", func(k *world.Knobs) *sim.Ratio { return &k.Stall }),
		ratio("partition", func(k *world.Knobs) *sim.Ratio { return &k.Partition }),
		number("fault-ticks", func(k *world.Knobs) *int { return &k.Ticks }),
		duration("tick-every", func(k *world.Knobs) *time.Duration { return &k.TickEvery }),
		number("refreshes", func(k *world.Knobs) *int { return &k.Refreshes }),
	}
}

func printPace(k *world.Knobs) string { return k.Pace.String() }

func setPace(k *world.Knobs, v string) bool {
	p, ok := world.ParsePace(v)
	k.Pace = p
	return ok
}

func duration(name string, field func(*world.Knobs) *time.Duration) knob {
	return knob{name, "a duration such as 250us, 20ms or 3s",
		func(k *world.Knobs) string {
			if *field(k) == 0 {
				return ""
			}
			return strings.ReplaceAll(field(k).String(), "µ", "u")
		},
		func(k *world.Knobs, v string) bool {
			d, err := time.ParseDuration(v)
			*field(k) = d
			return err == nil && d >= 0 && d <= time.Hour
		},
		func(k *world.Knobs) { *field(k) = 0 }}
}

func ratio(name string, field func(*world.Knobs) *sim.Ratio) knob {
	return knob{name, "a probability such as 1/8",
		func(k *world.Knobs) string {
			r := *field(k)
			if r.Num == 0 {
				return ""
			}
			return fmt.Sprintf("%d/%d", r.Num, r.Den)
		},
		func(k *world.Knobs, v string) bool {
			a, b, ok := strings.Cut(v, "/")
			num, err := strconv.ParseUint(a, 10, 16)
			den, err2 := strconv.ParseUint(b, 10, 16)
			*field(k) = sim.Ratio{Num: int(num), Den: int(den)}
			return ok && err == nil && err2 == nil && num <= den && den > 0
		},
		func(k *world.Knobs) { *field(k) = sim.Ratio{} }}
}

func number(name string, field func(*world.Knobs) *int) knob {
	return knob{name, "a number from 0 to 65536",
		func(k *world.Knobs) string {
			if *field(k) == 0 {
				return ""
			}
			return strconv.Itoa(*field(k))
		},
		func(k *world.Knobs, v string) bool {
			n, err := strconv.ParseUint(v, 10, 17)
			*field(k) = int(n)
			return err == nil && n <= 65536
		},
		func(k *world.Knobs) { *field(k) = 0 }}
}
