package scenario

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/netsim"
	"github.com/peerloom/peerloom/sim"
	"github.com/peerloom/peerloom/sim/world"
)

// Labels of the questions that the drawing of knobs asks.
const (
	labelPace  sim.Label = "swarm/pace"
	labelOn    sim.Label = "swarm/on"
	labelScale sim.Label = "swarm/scale"
)

// features are the knobs that a swarm may turn on where a file leaves them off,
// and to what. They hold for every unpaced story: what it promises is only that
// the invariants do, and that all comes to rest when faults have stopped.
func features() map[string]string {
	return map[string]string{
		"jitter": "8ms", "window": "200", "client-jitter": "4ms", "client-split": "1/4", "client-gap": "32ms",
		"batch-window": "250us", "pull-delay": "4ms", "pull-stop": "1/4", "read-delay": "4ms", "split": "1/4",
		"short-write": "1/8", "refuse": "1/16", "hang": "1/64", "slow-connect": "1/32", "cut": "1/2",
		"reset": "1/4", "stall": "1/8", "partition": "1/16", "fault-ticks": "4", "refreshes": "3",
	}
}

// swarm is the file with every knob drawn: each that is on is turned off, down,
// up, or left; half of the stories that have a pace lose it, and with it what
// they expect message by message; and a story without a pace gets some of the
// features that it does not have.
func swarm(f *File, src sim.Source) *File {
	drawn := *f
	if f.Knobs.Pace != world.PaceNone && src.Choose(labelPace, 2) == 1 {
		drawn.Knobs.Pace = world.PaceNone
	}
	on := features()
	for _, k := range knobs() {
		was := k.print(&f.Knobs)
		if k.name == "pace" {
			continue
		}
		now, usual := "", on[k.name]
		switch {
		case was != "":
			now = scale(was, src.Choose(labelScale, len(scales)))
		case usual != "" && drawn.Knobs.Pace == world.PaceNone && src.Choose(labelOn, 2) == 1:
			now = usual
		}
		if now != "" && !k.set(&drawn.Knobs, now) {
			panic(fmt.Sprintf("scenario: swarm drew %s %s", k.name, now))
		}
	}
	if k := &drawn.Knobs; k.Window > 0 {
		k.Window = max(k.Window, leastWindow(k))
	}
	return &drawn
}

// messageTime is a third of the shortest hold time of the stories, in which the
// longest message passes where nothing is wrong: a KEEPALIVE waits behind it.
const messageTime = 3 * time.Second

// leastWindow is the window that lets it pass: one goes through in each round
// trip, at the slowest, and the time until it is read; some of them are held up.
func leastWindow(k *world.Knobs) int {
	trip := 2*(k.Delay+k.Jitter) + k.ReadDelay
	if h := k.Net.Hold; h.Num > 0 {
		trip += netsim.HoldFor * time.Duration(h.Num) / time.Duration(h.Den)
	}
	return int(codec.MaxLen * trip / messageTime)
}

// scales are what may become of a knob that is on: half of the time it stays.
var scales = [...]sim.Ratio{{Num: 1, Den: 1}, {Num: 1, Den: 1}, {Num: 1, Den: 1}, {Num: 0, Den: 1}, {Num: 1, Den: 4}, {Num: 3, Den: 1}}

// maxDrawn bounds the durations that are scaled up, well below hold times.
const maxDrawn = time.Second

// scale is the text of a knob's value, scaled: a ratio, a duration or a number.
func scale(v string, by int) string {
	s := scales[by]
	if s.Num == s.Den {
		return v
	}
	if a, b, ok := strings.Cut(v, "/"); ok {
		num, _ := strconv.Atoi(a) // it was printed from a number
		den, _ := strconv.Atoi(b)
		num, den = num*s.Num, den*s.Den
		if 2*num > den && s.Num > s.Den || den > 65535 {
			return v
		}
		return fmt.Sprintf("%d/%d", num, den)
	}
	if n, err := strconv.Atoi(v); err == nil {
		return strconv.Itoa(min(n*s.Num/s.Den, 65536))
	}
	d, err := time.ParseDuration(v)
	if err != nil {
		return v
	}
	if s.Num > s.Den && d > maxDrawn {
		return v
	}
	return strings.ReplaceAll((d * time.Duration(s.Num) / time.Duration(s.Den)).String(), "µ", "u")
}
