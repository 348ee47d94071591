package live

import (
	"slices"

	"github.com/peerloom/peerloom/speaker"
)

// controlName stands for all control clients in metrics.
const controlName = "(control)"

// Metrics are the speaker's and the driver's; nil: the daemon has ended.
func (d *Daemon) Metrics() *speaker.Metrics {
	taken := make(chan *speaker.Metrics, 1)
	if !d.post(func() { taken <- d.measure(d.s.Metrics()) }) {
		return nil
	}
	select {
	case m := <-taken:
		return m
	case <-d.over:
		return nil
	}
}

// measure adds the driver's part.
func (d *Daemon) measure(m *speaker.Metrics) *speaker.Metrics {
	m.EventsTotal, m.DroppedTotal = d.events, d.dropped
	for _, c := range d.children {
		name := c.process.Name
		if c.control {
			name = controlName
		}
		i := slices.IndexFunc(m.Clients, func(x speaker.ClientMetrics) bool { return x.Name == name })
		if i < 0 {
			i = len(m.Clients)
			m.Clients = append(m.Clients, speaker.ClientMetrics{Name: name})
		}
		replies, events, dropped := c.m.Depth()
		x := &m.Clients[i]
		x.Connected++
		x.Replies += replies
		x.Events += events
		x.Unanswered += c.m.Unanswered()
		if c.m.Blocked() {
			x.Blocked++
		}
		m.DroppedTotal += dropped
	}
	return m
}
