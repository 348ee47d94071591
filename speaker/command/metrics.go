package command

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/peerloom/peerloom/codec"
	"github.com/peerloom/peerloom/fsm"
	"github.com/peerloom/peerloom/speaker"
)

// MetricKind is what a metric's values are.
type MetricKind uint8

// Kinds.
const (
	Gauge     MetricKind = iota + 1 // goes up and down
	Counter                         // only grows
	Histogram                       // Sample.Durations counts
)

// Metric is one row of [Metrics], by the conventions of Prometheus: a name, what
// it says, the names of its labels, and a sample for each set of their values.
type Metric struct {
	Name, Help string
	Kind       MetricKind
	Labels     []string
	Samples    []Sample
}

// Sample is one value.
type Sample struct {
	Labels    []string // as many as the metric has
	Value     uint64
	Durations *speaker.Durations // of a histogram
}

// Metrics puts m into rows: the same for `show metrics` and for an exporter.
func Metrics(m *speaker.Metrics) []Metric {
	one := func(n uint64) []Sample { return []Sample{{Value: n}} }
	depths := func(of func(*speaker.ClientMetrics) int) (l []Sample) {
		for i := range m.Clients {
			l = append(l, Sample{Labels: []string{m.Clients[i].Name}, Value: uint64(of(&m.Clients[i]))})
		}
		return l
	}
	process := []string{"process"}
	return []Metric{
		{"peerloom_sessions", "Neighbors by the state of their session.", Gauge, []string{"state"}, states(m)},
		{"peerloom_neighbor_up", "Sessions with this neighbor that are established.", Gauge, []string{"neighbor"}, neighborsUp(m)},
		{"peerloom_messages_total", "BGP messages.", Counter, []string{"type", "direction"}, traffic(m, func(v speaker.Volume) uint64 { return v.Messages })},
		{"peerloom_message_bytes_total", "Octets of BGP messages.", Counter, []string{"type", "direction"}, traffic(m, func(v speaker.Volume) uint64 { return v.Bytes })},
		{"peerloom_routes", "Routes that neighbors are to be told (want), have been told once the queue is drained (told), and pieces of work in the queue.",
			Gauge, []string{"table", "family"}, routeCounts(m)},
		{"peerloom_flush_duration_seconds", "From flush adj-rib out until TCP has taken the last route.", Histogram, nil, []Sample{{Durations: &m.Flush}}},
		{"peerloom_refresh_duration_seconds", "From a neighbor's ROUTE-REFRESH until TCP has taken the last route.", Histogram, nil, []Sample{{Durations: &m.Refresh}}},
		{"peerloom_events_total", "Events told to processes.", Counter, nil, one(m.EventsTotal)},
		{"peerloom_events_dropped_total", "Events that a process did not read in time.", Counter, nil, one(m.DroppedTotal)},
		{"peerloom_clients", "Processes that run, and control clients.", Gauge, process, depths(func(c *speaker.ClientMetrics) int { return c.Connected })},
		{"peerloom_client_reply_bytes", "Octets of replies that wait for a process to read them.", Gauge, process, depths(func(c *speaker.ClientMetrics) int { return c.Replies })},
		{"peerloom_client_event_bytes", "Octets of events that wait for a process to read them.", Gauge, process, depths(func(c *speaker.ClientMetrics) int { return c.Events })},
		{"peerloom_client_unanswered", "Commands of a process that have no reply yet.", Gauge, process, depths(func(c *speaker.ClientMetrics) int { return c.Unanswered })},
		{"peerloom_client_blocked", "Processes of which no command is read, for the replies that wait.", Gauge, process, depths(func(c *speaker.ClientMetrics) int { return c.Blocked })},
	}
}

func states(m *speaker.Metrics) (l []Sample) {
	for i, n := range m.States {
		l = append(l, Sample{Labels: []string{strings.ToLower(fsm.State(i).String())}, Value: uint64(n)})
	}
	return l
}

func neighborsUp(m *speaker.Metrics) (l []Sample) {
	for _, n := range m.Neighbors {
		l = append(l, Sample{Labels: []string{n.Peer.String()}, Value: uint64(n.Up)})
	}
	return l
}

func traffic(m *speaker.Metrics, of func(speaker.Volume) uint64) (l []Sample) {
	for d, direction := range [...]string{speaker.Received: "receive", speaker.Sent: "send"} {
		for k, v := range m.Traffic[d] {
			kind := "unknown"
			if k > 0 {
				kind = strings.ToLower(codec.MessageType(k).String())
			}
			l = append(l, Sample{Labels: []string{kind, direction}, Value: of(v)})
		}
	}
	return l
}

func routeCounts(m *speaker.Metrics) (l []Sample) {
	for _, c := range m.Routes {
		family := "other"
		if c.Family != 0 {
			family = string(AppendFamily(nil, c.Family, ' '))
		}
		for _, x := range []struct {
			table string
			n     int
		}{{"want", c.Want}, {"told", c.Told}, {"queue", c.Queue}} {
			l = append(l, Sample{Labels: []string{x.table, family}, Value: uint64(x.n)})
		}
	}
	return l
}

// flat is one number of a sample.
type flat struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels,omitempty"`
	Value  json.Number       `json:"value"`
	text   string            // name and labels
}

func flatten(m *speaker.Metrics) (l []flat) {
	for _, metric := range Metrics(m) {
		for _, s := range metric.Samples {
			add := func(suffix, value string) {
				f := flat{Name: metric.Name + suffix, Labels: map[string]string{}, Value: json.Number(value)}
				f.text = f.Name
				for i, name := range metric.Labels {
					f.Labels[name] = s.Labels[i]
					f.text += []string{"{", ","}[min(i, 1)] + name + "=" + strconv.Quote(s.Labels[i])
				}
				if len(metric.Labels) > 0 {
					f.text += "}"
				}
				l = append(l, f)
			}
			if s.Durations == nil {
				add("", strconv.FormatUint(s.Value, 10))
				continue
			}
			add("_count", strconv.FormatUint(s.Durations.Count, 10))
			add("_sum", fmt.Sprintf("%d.%09d", s.Durations.Sum/time.Second, s.Durations.Sum%time.Second))
		}
	}
	return l
}

// appendMetrics appends a line for each number, as Prometheus' text format has
// it, or as JSON one array of all.
func appendMetrics(b []byte, m *speaker.Metrics, asJSON bool) []byte {
	l := flatten(m)
	if asJSON {
		text, err := json.Marshal(l)
		if err != nil {
			panic(fmt.Sprintf("command: metrics %v: %v", l, err))
		}
		return append(append(b, text...), '\n')
	}
	for _, f := range l {
		b = appendLine(b, f.text+" "+f.Value.String())
	}
	return b
}
