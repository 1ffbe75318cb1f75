// Package patient lets a scrape go without numbers that cannot be had at once.
//
// # Use
//
// A Look is a collector that is a function. Collector wraps one that looks at things
// which somebody may hold for long: the book's state while its writer decides, what was
// decided while the disk syncs it, the file system.
//
// # Promised
//
// Collect returns within Wait, with all of the wrapped metrics or with none of them:
// what is shown is never older than the scrape. One look is under way at most, however
// often a scrape finds it stuck.
//
// # Not promised
//
// That a look which is stuck ever ends: its goroutine is there until it does.
//
// # Owed by callers
//
// No two looks tell of metrics of one name: a Look describes nothing, since what there
// is depends on how things stand.
package patient

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Wait is how long a scrape waits for all that it may have to wait for: it is a tenth
// of the time after which Prometheus gives one up.
const Wait = time.Second

// Emitter takes the metrics that a look finds.
type Emitter chan<- prometheus.Metric

// Gauge is a metric that goes up and down.
func (e Emitter) Gauge(d *prometheus.Desc, v float64, labels ...string) {
	e <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

// Counter is one that only grows.
func (e Emitter) Counter(d *prometheus.Desc, v float64, labels ...string) {
	e <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
}

// Look is a collector that is a function.
type Look func(Emitter)

// Describe implements prometheus.Collector.
func (Look) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (l Look) Collect(out chan<- prometheus.Metric) { l(out) }

// Collector returns a look as a collector that keeps no scrape waiting.
func Collector(l Look) prometheus.Collector {
	return &collector{Look: l, looking: make(chan struct{}, 1)}
}

type collector struct {
	Look
	looking chan struct{} // holds a token while somebody looks
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	late := time.NewTimer(Wait)
	defer late.Stop()
	select {
	case c.looking <- struct{}{}:
	case <-late.C:
		return
	}
	found := make(chan []prometheus.Metric, 1)
	go func() {
		defer func() { <-c.looking }()
		found <- c.gather()
	}()
	select {
	case list := <-found:
		for _, m := range list {
			out <- m
		}
	case <-late.C:
	}
}

// gather has it look.
func (c *collector) gather() (list []prometheus.Metric) {
	each := make(chan prometheus.Metric)
	go func() {
		defer close(each)
		c.Look(each)
	}()
	for m := range each {
		list = append(list, m)
	}
	return list
}
