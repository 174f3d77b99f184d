package serve

import (
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/golongrl/golongrl/scoring"
	"github.com/golongrl/golongrl/serve/service"
)

// metrics are what GET /metrics shows. Its registry is its own, so that several
// servers in a program do not share numbers.
//
// No label takes what a client writes: names that are not known are "other", and
// there are never more time series than known names.
type metrics struct {
	registry *prometheus.Registry

	requests    *prometheus.CounterVec
	seconds     *prometheus.HistogramVec
	bytes       *prometheus.CounterVec
	refusals    *prometheus.CounterVec
	connections *prometheus.GaugeVec

	routes sync.Map // string to *routeMetrics
	items  itemCounts
}

// routeMetrics are those of one route, found without building labels anew.
type routeMetrics struct {
	name    string
	seconds prometheus.Observer
	bytes   prometheus.Counter
	codes   sync.Map // int to prometheus.Counter
}

// latencies are the buckets of durations in seconds: 50 µs to 10 s.
var latencies = []float64{50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3, 50e-3, .1, .2, .5, 1, 2, 5, 10}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "golongrl_requests_total", Help: "Requests answered, by route and status code; frames have routes such as frame score.",
		}, []string{"route", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "golongrl_request_seconds", Help: "Time from the first byte of a request to its answer, by route.", Buckets: latencies,
		}, []string{"route"}),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "golongrl_reply_bytes_total", Help: "Bytes of answers, by route.",
		}, []string{"route"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "golongrl_refused_total", Help: "Requests refused before they were worked on, by reason.",
		}, []string{"reason"}),
		connections: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "golongrl_connections", Help: "Open connections, by kind.",
		}, []string{"kind"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "golongrl_build_info", Help: "1, with the versions of the program and of Go.",
		ConstLabels: prometheus.Labels{"version": service.Version(), "go": runtime.Version()},
	})
	build.Set(1)
	m.items.init()
	m.registry.MustRegister(
		m.requests, m.seconds, m.bytes, m.refusals, m.connections, build, &m.items,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// handler answers GET /metrics.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// request counts a request that was answered. Route must be one of the server's
// own names, not a path as a client wrote it.
func (m *metrics) request(route string, code int, seconds float64, bytes int) {
	v, ok := m.routes.Load(route)
	if !ok {
		v, _ = m.routes.LoadOrStore(route, &routeMetrics{
			name: route, seconds: m.seconds.WithLabelValues(route), bytes: m.bytes.WithLabelValues(route),
		})
	}
	r := v.(*routeMetrics)
	c, ok := r.codes.Load(code)
	if !ok {
		c, _ = r.codes.LoadOrStore(code, m.requests.WithLabelValues(route, strconv.Itoa(code)))
	}
	c.(prometheus.Counter).Inc()
	r.seconds.Observe(seconds)
	r.bytes.Add(float64(max(bytes, 0)))
}

// refused counts a request that was refused for a reason of ours, such as "queue".
func (m *metrics) refused(reason string) { m.refusals.WithLabelValues(reason).Inc() }

// connection counts connections that opened (+1) or closed (-1).
func (m *metrics) connection(kind string, delta int) {
	m.connections.WithLabelValues(kind).Add(float64(delta))
}

// watch shows what is worked on and what waits, at the time of asking. It must be
// called once at most.
func (m *metrics) watch(slots, memory *gate) {
	gauge := func(name, help string, value func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	gauge("golongrl_requests_in_flight", "Requests that are worked on now.", func() float64 {
		taken, _ := slots.load()
		return float64(taken)
	})
	gauge("golongrl_requests_queued", "Requests that wait for their turn now.", func() float64 {
		_, waiting := slots.load()
		return float64(waiting)
	})
	gauge("golongrl_body_bytes_in_flight", "Bytes set aside for request bodies now.", func() float64 {
		taken, _ := memory.load()
		return float64(taken)
	})
}

// item counts an item that was judged. Names of metrics are counted without their
// options, expressions as "expression", and what is not built in as "other".
func (m *metrics) item(task, metric, status string) { m.items.add(task, metric, status) }

// itemCounts is a table of counters over all known tasks, metrics and statuses:
// counting allocates nothing and takes no lock.
type itemCounts struct {
	desc     *prometheus.Desc
	names    []string       // of tasks and metrics alike
	index    map[string]int // of names
	statuses []string
	counts   []atomic.Uint64 // by task, metric, status
}

// The names that stand for what has none of its own.
const (
	noName     = "none"
	otherName  = "other"
	expression = "expression"
)

func (c *itemCounts) init() {
	c.desc = prometheus.NewDesc("golongrl_items_total", "Items judged, by task, metric and status.", []string{"task", "metric", "status"}, nil)
	c.index = map[string]int{}
	c.names = []string{noName, otherName, expression}
	for _, info := range scoring.Infos() {
		c.names = append(c.names, info.Name)
	}
	for i, name := range c.names {
		c.index[name] = i
	}
	for _, st := range scoring.Statuses() {
		c.statuses = append(c.statuses, st.String())
	}
	c.counts = make([]atomic.Uint64, len(c.names)*len(c.names)*len(c.statuses))
}

func (c *itemCounts) add(task, metric, status string) {
	for s, name := range c.statuses {
		if name == status {
			c.counts[(c.nameOf(task)*len(c.names)+c.nameOf(metric))*len(c.statuses)+s].Add(1)
			return
		}
	}
}

// nameOf returns the index of the name under which a canonical spelling counts.
func (c *itemCounts) nameOf(spelling string) int {
	if spelling == "" {
		return c.index[noName]
	}
	if i, ok := c.index[spelling]; ok {
		return i
	}
	end := strings.IndexFunc(spelling, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
	})
	if end < 0 {
		return c.index[otherName]
	}
	i, known := c.index[spelling[:end]]
	if known && end > 0 && isCall(spelling[end:]) {
		return i
	}
	if strings.ContainsAny(spelling, "+-*/ ") {
		return c.index[expression]
	}
	return c.index[otherName]
}

// isCall reports whether rest of a spelling, behind a name, is nothing but
// options: "@10", "(lang=zh)" or both.
func isCall(rest string) bool {
	if rest[0] == '@' {
		rest = strings.TrimLeft(rest[1:], "0123456789")
	}
	return rest == "" || rest[0] == '(' && strings.IndexByte(rest, ')') == len(rest)-1
}

// Describe implements prometheus.Collector.
func (c *itemCounts) Describe(ch chan<- *prometheus.Desc) { ch <- c.desc }

// Collect implements prometheus.Collector.
func (c *itemCounts) Collect(ch chan<- prometheus.Metric) {
	for i := range c.counts {
		if n := c.counts[i].Load(); n > 0 {
			s, rest := i%len(c.statuses), i/len(c.statuses)
			task, metric := c.names[rest/len(c.names)], c.names[rest%len(c.names)]
			ch <- prometheus.MustNewConstMetric(c.desc, prometheus.CounterValue, float64(n), task, metric, c.statuses[s])
		}
	}
}
