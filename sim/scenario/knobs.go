package scenario

import (
	"fmt"
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
	class string                          // of the fault whose probability it is; "": no fault
	ratio func(k *world.Knobs) *sim.Ratio // the field of a fault
}

// zero sets the knob to what is dullest.
func (k *knob) zero(to *world.Knobs) {
	for _, v := range [...]string{"0", "0/1", world.PaceQuiet.String()} {
		try := *to
		if k.set(&try, v) {
			*to = try
			return
		}
	}
}

// knobs lists them in the order in which they are printed.
func knobs() []knob {
	return []knob{
		{name: "pace", what: "quiet, replies, none or script", print: printPace, set: setPace},
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
		fault("split", "stream", func(k *world.Knobs) *sim.Ratio { return &k.Net.Split }),
		fault("short-write", "stream", func(k *world.Knobs) *sim.Ratio { return &k.Net.Short }),
		fault("refuse", "dial", func(k *world.Knobs) *sim.Ratio { return &k.Net.Refuse }),
		fault("hang", "dial", func(k *world.Knobs) *sim.Ratio { return &k.Net.Hang }),
		fault("slow-connect", "dial", func(k *world.Knobs) *sim.Ratio { return &k.Net.Slow }),
		fault("simultaneous-open", "dial", func(k *world.Knobs) *sim.Ratio { return &k.Net.Meet }),
		fault("unlisten", "dial", func(k *world.Knobs) *sim.Ratio { return &k.Unlisten }),
		fault("coalesce", "stream", func(k *world.Knobs) *sim.Ratio { return &k.Net.Hold }),
		fault("flip", "flip", func(k *world.Knobs) *sim.Ratio { return &k.Net.Flip }),
		fault("cut", "end", func(k *world.Knobs) *sim.Ratio { return &k.Net.Cut }),
		fault("reset", "end", func(k *world.Knobs) *sim.Ratio { return &k.Reset }),
		fault("close", "end", func(k *world.Knobs) *sim.Ratio { return &k.Close }),
		fault("half-open", "end", func(k *world.Knobs) *sim.Ratio { return &k.HalfOpen }),
		fault("ghost", "end", func(k *world.Knobs) *sim.Ratio { return &k.Ghost }),
		fault("stall", "stream", func(k *world.Knobs) *sim.Ratio { return &k.Stall }),
		fault("deaf", "stream", func(k *world.Knobs) *sim.Ratio { return &k.Deaf }),
		fault("slow-pair", "link", func(k *world.Knobs) *sim.Ratio { return &k.SlowPair }),
		fault("clog", "link", func(k *world.Knobs) *sim.Ratio { return &k.Clog }),
		fault("partition", "link", func(k *world.Knobs) *sim.Ratio { return &k.Partition }),
		fault("one-way", "link", func(k *world.Knobs) *sim.Ratio { return &k.OneWay }),
		fault("isolate", "link", func(k *world.Knobs) *sim.Ratio { return &k.Isolate }),
		fault("swizzle", "link", func(k *world.Knobs) *sim.Ratio { return &k.Swizzle }),
		fault("crash", "speaker", func(k *world.Knobs) *sim.Ratio { return &k.Crash }),
		fault("kill", "speaker", func(k *world.Knobs) *sim.Ratio { return &k.Kill }),
		fault("pause", "speaker", func(k *world.Knobs) *sim.Ratio { return &k.Pause }),
		fault("reload", "reload", func(k *world.Knobs) *sim.Ratio { return &k.Reload }),
		fault("clock-step", "clock", func(k *world.Knobs) *sim.Ratio { return &k.Step }),
		fault("clock-drift", "clock", func(k *world.Knobs) *sim.Ratio { return &k.Drift }),
		fault("id-clash", "open", func(k *world.Knobs) *sim.Ratio { return &k.IDClash }),
		fault("forgets", "open", func(k *world.Knobs) *sim.Ratio { return &k.Forgets }),
		fault("client-die", "client", func(k *world.Knobs) *sim.Ratio { return &k.ClientDie }),
		fault("client-half", "client", func(k *world.Knobs) *sim.Ratio { return &k.ClientHalf }),
		fault("client-mute", "client", func(k *world.Knobs) *sim.Ratio { return &k.ClientMute }),
		fault("client-flood", "client", func(k *world.Knobs) *sim.Ratio { return &k.ClientFlood }),
		fault("over-limit", "limit", func(k *world.Knobs) *sim.Ratio { return &k.OverLimit }),
		fault("burst", "burst", func(k *world.Knobs) *sim.Ratio { return &k.Burst }),
		number("client-pipe", func(k *world.Knobs) *int { return &k.ClientPipe }),
		number("fault-ticks", func(k *world.Knobs) *int { return &k.Ticks }),
		duration("tick-every", func(k *world.Knobs) *time.Duration { return &k.TickEvery }),
		number("refreshes", func(k *world.Knobs) *int { return &k.Refreshes }),
		number("peer-updates", func(k *world.Knobs) *int { return &k.PeerUpdates }),
		number("malformed", func(k *world.Knobs) *int { return &k.Malformed }),
	}
}

func printPace(k *world.Knobs) string { return k.Pace.String() }

func setPace(k *world.Knobs, v string) bool {
	p, ok := world.ParsePace(v)
	k.Pace = p
	return ok
}

func duration(name string, field func(*world.Knobs) *time.Duration) knob {
	return knob{name: name, what: "a duration such as 250us, 20ms or 3s",
		print: func(k *world.Knobs) string {
			if *field(k) == 0 {
				return ""
			}
			return strings.ReplaceAll(field(k).String(), "µ", "u")
		},
		set: func(k *world.Knobs, v string) bool {
			d, err := time.ParseDuration(v)
			*field(k) = d
			return err == nil && d >= 0 && d <= time.Hour
		}}
}

func ratio(name string, field func(*world.Knobs) *sim.Ratio) knob {
	return knob{name: name, what: "a probability such as 1/8",
		print: func(k *world.Knobs) string {
			r := *field(k)
			if r.Num == 0 {
				return ""
			}
			return fmt.Sprintf("%d/%d", r.Num, r.Den)
		},
		set: func(k *world.Knobs, v string) bool {
			a, b, ok := strings.Cut(v, "/")
			num, err := strconv.ParseUint(a, 10, 16)
			den, err2 := strconv.ParseUint(b, 10, 16)
			*field(k) = sim.Ratio{Num: int(num), Den: int(den)}
			return ok && err == nil && err2 == nil && num <= den && den > 0
		}}
}

// fault is the probability of a fault of a class.
func fault(name, class string, field func(*world.Knobs) *sim.Ratio) knob {
	k := ratio(name, field)
	k.class, k.ratio = class, field
	return k
}

func number(name string, field func(*world.Knobs) *int) knob {
	return knob{name: name, what: "a number from 0 to 65536",
		print: func(k *world.Knobs) string {
			if *field(k) == 0 {
				return ""
			}
			return strconv.Itoa(*field(k))
		},
		set: func(k *world.Knobs, v string) bool {
			n, err := strconv.ParseUint(v, 10, 17)
			*field(k) = int(n)
			return err == nil && n <= 65536
		}}
}
