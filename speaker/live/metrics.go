package live

import "github.com/peerloom/peerloom/speaker"

// Metrics are the speaker's and those of its clients; nil: the daemon has ended.
func (d *Daemon) Metrics() *speaker.Metrics {
	taken := make(chan *speaker.Metrics, 1)
	if !d.post(func() { taken <- d.s.Metrics() }) {
		return nil
	}
	select {
	case m := <-taken:
		return m
	case <-d.over:
		return nil
	}
}
