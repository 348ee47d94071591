package sim

import "time"

// LabelFine asks, once a run, for the streams of nanoseconds that are added to
// latencies; 0: none are.
const LabelFine Label = "fine/stream"

const (
	buckets = 8
	fines   = 256
)

// DrawFine asks LabelFine now, so that it belongs to no event. Latency asks it
// where it was not asked.
func (l *Loop) DrawFine() {
	if l.fine < 0 {
		l.fine = l.src.Choose(LabelFine, fines)
	}
}

// Latency draws a latency below d: one of eight steps, which the Source chooses
// (0: no latency), and nanoseconds up to the next step, so that ties of events that
// have nothing to do with each other are rare. The nanoseconds are no choices:
// they follow from one answer a run, from who (a link, a pipe) and from the
// instant, so that a tape stays short and a change in one place does not shift
// another. A Loop whose Source gives the dull answer has none, and many ties.
func (l *Loop) Latency(label Label, d time.Duration, who uint64) time.Duration {
	step := d / buckets
	if step == 0 {
		return 0
	}
	l.DrawFine()
	late := step * time.Duration(l.src.Choose(label, buckets))
	if late > 0 && l.fine > 0 {
		late += time.Duration(mix64(mix64(uint64(l.fine), who), uint64(l.now)) % uint64(step))
	}
	return late
}
