package metrics

import (
	"context"
	"runtime"
	"sync"
	"time"

	"bayledger/labels/queue"
	"bayledger/server/socket"
	"bayledger/sync/book"
	"bayledger/sync/ledger"
	"bayledger/sync/settle"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Worst is how many devices are named, of those that hold the most scans: enough
// to send somebody to, and few enough for any Prometheus.
const Worst = 20

// recount is how often open exceptions and parked scans are counted anew: their
// rows are looked through one by one while the writer may have to wait.
const recount = 15 * time.Second

// Sources are what is looked at when metrics are asked for. Registry, Book and Now
// are needed; what is nil leaves its metrics away.
type Sources struct {
	Registry *prometheus.Registry
	Book     *book.Book
	Now      func() time.Time
	Version  string

	Hub         *socket.Hub
	Jobs        func() []queue.Job       // print jobs that are not finished
	Replays     func() uint64            // entries that a start would read again
	Reserve     uint64                   // of free disk, below which no scans are taken
	Certificate func() (time.Time, bool) // when the one in use ends; false: there is none
	Backup      func() Backup            // the continuous one
}

// Backup says how far the continuous backup is behind.
type Backup struct {
	At      time.Time // when it last succeeded in whole; zero: not yet
	Behind  time.Duration
	Entries uint64   // that are not in it
	State   string   // how it does, one of States
	States  []string // all there are
}

// Register adds the collector, those of the Go runtime and of the process, and the
// build's version.
func Register(s Sources) {
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "bayledger_build_info", Help: "1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": s.Version, "go_version": runtime.Version()}})
	build.Set(1)
	s.Registry.MustRegister(build, &collector{Sources: s}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
}

// Acks adds the histogram of a socket's acks and returns what reports to it.
func Acks(r prometheus.Registerer) func(took time.Duration) {
	h := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "bayledger_ack_duration_seconds",
		Help:    "From a push read from its socket to its durable result handed back to be sent.",
		Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30}})
	r.MustRegister(h)
	return func(took time.Duration) { h.Observe(took.Seconds()) }
}

// collector looks at its sources when it is asked.
type collector struct {
	Sources

	mu      sync.Mutex // guards what follows
	counted time.Time
	open    map[string]int // exceptions, by severity
	parked  int
	codes   int
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("bayledger_"+name, help, labels, nil)
}

// descriptions of what is collected.
type descriptions struct {
	sessions, subscriptions, lag, framesIn, framesOut, intents, opened, ended *prometheus.Desc

	connected, holding, unsent, oldest, worst, worstOldest *prometheus.Desc

	exceptions, parked, codes *prometheus.Desc

	jobs, replays, reserve, size, certificate, backup, backupBehind, backupLag, backupState *prometheus.Desc
}

func describe() *descriptions {
	return &descriptions{
		sessions:      desc("socket_sessions", "Sockets that are open."),
		subscriptions: desc("socket_subscriptions", "Topics that sessions follow."),
		lag:           desc("socket_lag_entries", "Entries that the slowest subscriber has yet to get."),
		framesIn:      desc("socket_frames_in_total", "Frames from devices."),
		framesOut:     desc("socket_frames_out_total", "Frames to devices."),
		intents:       desc("socket_intents_total", "Intents in pushes."),
		opened:        desc("socket_opened_total", "Sockets that were opened."),
		ended:         desc("socket_ended_total", "Sessions that are over, by what ended them: a close code of the server, client (it said goodbye), cut (it did not take what was written), gone.", "by"),
		connected:     desc("devices_connected", "Devices whose session is open."),
		holding:       desc("devices_holding_scans", "Devices that hold scans which have not come yet, by their own last word."),
		unsent:        desc("devices_unsent_scans", "Scans that devices hold, by their own last word."),
		oldest:        desc("devices_oldest_unsent_seconds", "Age of the oldest scan that any device holds, by its own last word; 0: none is held."),
		worst:         desc("device_unsent_scans", "Scans that a device holds; only of the 20 that hold the most.", "device"),
		worstOldest:   desc("device_oldest_unsent_seconds", "Age of the oldest scan that it holds; only of the 20 that hold the most.", "device"),
		exceptions:    desc("exceptions_open", "Exceptions that nobody has closed.", "severity"),
		parked:        desc("parked_scans", "Scans that wait until somebody says what their barcode, place or operator is."),
		codes:         desc("parked_codes", "Codes that scans wait for."),
		jobs:          desc("print_jobs", "Print jobs that are not finished.", "state"),
		replays:       desc("checkpoint_lag_entries", "Entries that a start would read again."),
		reserve:       desc("disk_reserve_bytes", "Free disk below which no scans are taken."),
		size:          desc("journal_size_bytes", "What journal and rows take on disk."),
		certificate:   desc("certificate_expiry_timestamp_seconds", "When the certificate in use ends."),
		backup:        desc("backup_last_success_timestamp_seconds", "When the continuous backup last had all there was, entries and the server's keys and files; 0: not yet."),
		backupBehind:  desc("backup_lag_seconds", "How long ago the oldest entry was booked that is not in the backup; 0: all are."),
		backupLag:     desc("backup_lag_entries", "Entries that are not in the backup."),
		backupState:   desc("backup_state", "1 for how the continuous backup does: fine, failing (nothing can be brought), no_files (the server's keys and files cannot), other_books, lost_entries (the books lost entries that the backup has); 0 for the others.", "state"),
	}
}

// Describe implements prometheus.Collector: it says nothing, since what there is
// depends on the sources; names are unique all the same.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	d := describe()
	e := emitter(out)
	c.hub(d, e)
	c.settled(d, e)
	c.printing(d, e)
	if c.Replays != nil {
		e.gauge(d.replays, float64(c.Replays()))
	}
	if c.Reserve > 0 {
		e.gauge(d.reserve, float64(c.Reserve))
	}
	e.moment(d.certificate, c.Certificate)
	c.backedUp(d, e)
}

// emitter makes metrics.
type emitter chan<- prometheus.Metric

func (e emitter) gauge(d *prometheus.Desc, v float64, labels ...string) {
	e <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func (e emitter) counter(d *prometheus.Desc, v float64, labels ...string) {
	e <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
}

func (e emitter) moment(d *prometheus.Desc, of func() (time.Time, bool)) {
	if of == nil {
		return
	}
	if t, ok := of(); ok {
		e.gauge(d, float64(t.UnixMilli())/1e3)
	}
}

// backedUp tells how far the continuous backup is.
func (c *collector) backedUp(d *descriptions, e emitter) {
	if c.Backup == nil {
		return
	}
	b := c.Backup()
	last := 0.0
	if !b.At.IsZero() {
		last = float64(b.At.UnixMilli()) / 1e3
	}
	e.gauge(d.backup, last)
	e.gauge(d.backupBehind, b.Behind.Seconds())
	e.gauge(d.backupLag, float64(b.Entries))
	for _, state := range b.States {
		now := 0.0
		if state == b.State {
			now = 1
		}
		e.gauge(d.backupState, now, state)
	}
}

// hub tells of sockets and of the devices behind them.
func (c *collector) hub(d *descriptions, e emitter) {
	if c.Hub == nil {
		return
	}
	s := c.Hub.Stats()
	e.gauge(d.sessions, float64(s.Sessions))
	e.gauge(d.subscriptions, float64(s.Subscriptions))
	e.gauge(d.lag, float64(s.Lag))
	e.counter(d.framesIn, float64(s.FramesIn))
	e.counter(d.framesOut, float64(s.FramesOut))
	e.counter(d.intents, float64(s.Intents))
	e.counter(d.opened, float64(s.Opened))
	for by, n := range s.Ended {
		e.counter(d.ended, float64(n), by)
	}
	held := c.Hub.Held(Worst)
	now := ledger.TimeOf(c.Now())
	age := func(t ledger.Time) float64 {
		if t == 0 {
			return 0
		}
		return max(0, float64(now-t)/1e6)
	}
	e.gauge(d.connected, float64(held.Connected))
	e.gauge(d.holding, float64(held.Holding))
	e.gauge(d.unsent, float64(held.Unsent))
	e.gauge(d.oldest, age(held.Oldest))
	for _, one := range held.Worst {
		e.gauge(d.worst, float64(one.Pending), one.Device)
		e.gauge(d.worstOldest, age(one.Oldest), one.Device)
	}
}

// settled tells what waits for a person's decision.
func (c *collector) settled(d *descriptions, e emitter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.Now(); c.open == nil || now.Sub(c.counted) >= recount {
		if !c.count() {
			return // the book closes
		}
		c.counted = now
	}
	for severity, n := range c.open {
		e.gauge(d.exceptions, float64(n), severity)
	}
	e.gauge(d.parked, float64(c.parked))
	e.gauge(d.codes, float64(c.codes))
}

func (c *collector) count() bool {
	open := map[string]int{ledger.Critical: 0, ledger.Warning: 0, ledger.Info: 0}
	parked, codes := 0, 0
	err := c.Book.Exceptions(context.Background(), func(s *settle.Books, _ uint64) {
		s.Exceptions(func(r *ledger.ExceptionView) bool {
			if !r.Closed() {
				open[r.Severity]++
			}
			return false
		})
		for _, u := range s.Unknown() {
			codes++
			parked += u.Scans
		}
	})
	if err != nil {
		return false
	}
	c.open, c.parked, c.codes = open, parked, codes
	return true
}

// printing tells of labels that wait, by the state of their job.
func (c *collector) printing(d *descriptions, e emitter) {
	if c.Jobs == nil {
		return
	}
	states := map[queue.State]int{}
	for _, s := range queue.States() {
		if !s.Final() {
			states[s] = 0
		}
	}
	for _, j := range c.Jobs() {
		states[j.State]++
	}
	for state, n := range states {
		e.gauge(d.jobs, float64(n), string(state))
	}
}
