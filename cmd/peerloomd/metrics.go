package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/peerloom/peerloom/speaker"
	"github.com/peerloom/peerloom/speaker/command"
)

// metricsVariable says where to serve metrics where no flag does.
const metricsVariable = "PEERLOOMD_METRICS"

// scrapes is how many may run at a time; others are told to come again.
const scrapes = 4

// listenMetrics opens the port for metrics. Who can connect is not asked who he
// is, so that only this machine may.
func listenMetrics(address string) (net.Listener, error) {
	wrong := func(why string) (net.Listener, error) {
		return nil, fmt.Errorf("--metrics=%s: %s: write a loopback address and a port, 127.0.0.1:9179 or [::1]:9179", address, why)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return wrong("is no address with a port")
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case host == "":
		return wrong("is every address of this machine, and metrics are served to itself alone")
	case err != nil:
		return wrong(fmt.Sprintf("%.40q is no IP address", host))
	case !ip.Unmap().IsLoopback():
		return wrong(fmt.Sprintf("%v is no loopback address, and metrics are served to this machine alone", ip))
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("--metrics: %w", err)
	}
	return l, nil
}

// serveMetrics answers at l until it is closed, with what read gives (nil: the
// daemon has ended), and what Go and the system know of the process.
func serveMetrics(l net.Listener, read func() *speaker.Metrics, log *slog.Logger) {
	r := prometheus.NewRegistry()
	r.MustRegister(metricsCollector(read), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(r, promhttp.HandlerOpts{MaxRequestsInFlight: scrapes}))
	s := http.Server{
		Handler: mux, ReadTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: 5 * time.Minute,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	if err := s.Serve(l); !errors.Is(err, net.ErrClosed) {
		log.Error("metrics are served no more", "reason", err)
	}
}

// metricsCollector reads the daemon's numbers at each scrape; it keeps none.
type metricsCollector func() *speaker.Metrics

// Describe says nothing: what there is follows from the configuration.
func (metricsCollector) Describe(chan<- *prometheus.Desc) {}

// Collect is [prometheus.Collector]'s.
func (read metricsCollector) Collect(out chan<- prometheus.Metric) {
	m := read()
	if m == nil {
		return
	}
	kinds := map[command.MetricKind]prometheus.ValueType{command.Gauge: prometheus.GaugeValue, command.Counter: prometheus.CounterValue}
	for _, row := range command.Metrics(m) {
		desc := prometheus.NewDesc(row.Name, row.Help, row.Labels, nil)
		for i := range row.Samples {
			s := &row.Samples[i]
			if row.Kind == command.Histogram {
				out <- prometheus.MustNewConstHistogram(desc, s.Durations.Count, s.Durations.Sum.Seconds(), buckets(s.Durations), s.Labels...)
				continue
			}
			out <- prometheus.MustNewConstMetric(desc, kinds[row.Kind], float64(s.Value), s.Labels...)
		}
	}
}

func buckets(d *speaker.Durations) map[float64]uint64 {
	m := map[float64]uint64{}
	for i, bound := range speaker.DurationBounds {
		m[bound.Seconds()] = d.Within[i]
	}
	return m
}
