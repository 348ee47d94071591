package record

import (
	"slices"

	"github.com/peerloom/peerloom/speaker"
)

// Metrics are those of the speaker and of its clients. It changes nothing.
func (m *Machine) Metrics() *speaker.Metrics { return m.measure(m.Speaker.Metrics()) }

// measure adds the clients' part.
func (m *Machine) measure(x *speaker.Metrics) *speaker.Metrics {
	x.EventsTotal, x.DroppedTotal = m.events, m.dropped
	for _, c := range m.clients {
		i := slices.IndexFunc(x.Clients, func(k speaker.ClientMetrics) bool { return k.Name == c.config.Name })
		if i < 0 {
			i = len(x.Clients)
			x.Clients = append(x.Clients, speaker.ClientMetrics{Name: c.config.Name})
		}
		k := &x.Clients[i]
		replies, events, dropped := c.child.Depth()
		k.Connected++
		k.Replies += replies
		k.Events += events
		k.Unanswered += c.child.Unanswered()
		if c.child.Blocked() {
			k.Blocked++
		}
		x.DroppedTotal += dropped
	}
	return x
}
