package rest

import (
	"context"
	"sync"

	"bayledger/server/metrics/patient"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what /metrics shows of the book and of this side. Whoever owns the
// registry adds what is theirs: sessions, the process, the journal.
type metrics struct {
	api      *API
	requests *prometheus.HistogramVec
	outcomes *prometheus.CounterVec
	commits  prometheus.Counter

	mu      sync.Mutex // guards what follows
	streams map[*func() uint64]struct{}
}

var (
	descHead     = prometheus.NewDesc("bayledger_entries_total", "Entries in the journal; the newest one's number.", nil, nil)
	descWaiting  = prometheus.NewDesc("bayledger_book_waiting", "Submissions that wait for the book's writer.", nil, nil)
	descDevices  = prometheus.NewDesc("bayledger_book_streams", "Pairs of device and install that have ever sent.", nil, nil)
	descFolded   = prometheus.NewDesc("bayledger_facts_folded_again_total", "Scans that were settled again because another came late, since the start.", nil, nil)
	descCells    = prometheus.NewDesc("bayledger_book_cells", "Cells that hold anything.", nil, nil)
	descProducts = prometheus.NewDesc("bayledger_book_products", "Products.", nil, nil)
	descAlerts   = prometheus.NewDesc("bayledger_alerts_open", "Open alerts.", []string{"kind"}, nil)
	descStreams  = prometheus.NewDesc("bayledger_event_streams", "Clients that follow the journal by server-sent events.", nil, nil)
	descLag      = prometheus.NewDesc("bayledger_event_stream_lag_entries", "Entries that the slowest of them has yet to get.", nil, nil)
	descReady    = prometheus.NewDesc("bayledger_ready", "1 while intents are taken.", nil, nil)
	descUsed     = prometheus.NewDesc("bayledger_disk_used_bytes", "What the data folder takes.", nil, nil)
	descFree     = prometheus.NewDesc("bayledger_disk_free_bytes", "What is left for it.", nil, nil)
)

func newMetrics(a *API) *metrics {
	m := &metrics{api: a, streams: map[*func() uint64]struct{}{},
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "bayledger_http_request_duration_seconds", Help: "How long requests took.",
			Buckets: []float64{.001, .005, .02, .1, .5, 2, 10, 60}}, []string{"method", "path", "status"}),
		outcomes: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "bayledger_http_intents_total", Help: "Intents that came by HTTP, by outcome; repeats too."}, []string{"outcome"}),
		commits:  prometheus.NewCounter(prometheus.CounterOpts{Name: "bayledger_commits_total", Help: "Batches that were made durable since the start."}),
	}
	a.book.Feed().Watch(m.commits.Inc)
	a.opts.Registry.MustRegister(m, m.requests, m.outcomes, m.commits, patient.Collector(m.books), patient.Collector(m.ready), patient.Collector(m.disk))
	return m
}

// following adds a client of the journal; behind says how far it is. The result
// takes it away.
func (m *metrics) following(behind func() uint64) (gone func()) {
	key := &behind
	m.mu.Lock()
	defer m.mu.Unlock()
	m.streams[key] = struct{}{}
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.streams, key)
	}
}

// Describe implements prometheus.Collector.
func (m *metrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descHead, descWaiting, descStreams, descLag} {
		out <- d
	}
}

// Collect implements prometheus.Collector: what is known without waiting for the
// writer or the disk.
func (m *metrics) Collect(out chan<- prometheus.Metric) {
	e := patient.Emitter(out)
	e.Counter(descHead, float64(m.api.book.Head()))
	e.Gauge(descWaiting, float64(m.api.book.Waiting()))
	streams, lag := m.lag()
	e.Gauge(descStreams, float64(streams))
	e.Gauge(descLag, float64(lag))
}

// books tells of the books' state: for that it waits until the writer lets it look, and
// until what it saw is on the disk.
func (m *metrics) books(e patient.Emitter) {
	book := m.api.book
	e.Gauge(descDevices, float64(book.Streams()))
	cells, products, alerts := 0, 0, map[string]int{"low": 0, "over": 0, "out": 0, "negative": 0}
	// It only fails when the book closes; then these stay away.
	if book.View(context.Background(), func(s *ledger.State, _ uint64) {
		cells, products = s.Cells(), s.Products()
		for _, a := range s.OpenAlerts() {
			alerts[a.Kind]++
		}
	}) == nil {
		e.Gauge(descCells, float64(cells))
		e.Gauge(descProducts, float64(products))
		for kind, n := range alerts {
			e.Gauge(descAlerts, float64(n), kind)
		}
	}
	var work settle.Work
	if book.Settled(context.Background(), func(s *settle.Books) error { work = s.Work(); return nil }) == nil {
		e.Counter(descFolded, float64(work.Folded))
	}
}

// ready tells whether intents are taken: where the disk stands it says no without
// asking it.
func (m *metrics) ready(e patient.Emitter) {
	ready := 0.0
	if m.api.takes() == nil {
		ready = 1
	}
	e.Gauge(descReady, ready)
}

func (m *metrics) disk(e patient.Emitter) {
	if m.api.opts.Disk == nil {
		return
	}
	if used, free, err := m.api.opts.Disk(); err == nil {
		e.Gauge(descUsed, float64(used))
		e.Gauge(descFree, float64(free))
	}
}

func (m *metrics) lag() (streams int, most uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for behind := range m.streams {
		most = max(most, (*behind)())
	}
	return len(m.streams), most
}
