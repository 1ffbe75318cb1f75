package metrics

import (
	"context"
	"runtime"
	"sync"
	"time"

	"bayledger/labels/queue"
	"bayledger/server/metrics/patient"
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
	Unmerged    func() bool              // rows are not merged any more, since some cannot be read
	Runs        func() Runs              // how the runs before this one ended
	Reserve     uint64                   // of free disk, below which no scans are taken
	Certificate func() (time.Time, bool) // when the one in use ends; false: there is none
	Renewals    func() int               // of it that failed in a row; nil: nobody renews it here
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

// Runs says how earlier runs on the data folder ended, where not in peace.
type Runs struct {
	Failures uint64    // ended since a commit failed
	Failed   time.Time // the last of them; zero: there was none
	Crashes  uint64    // ended without a word
	Crashed  time.Time // when the last of them was noticed, at the start after it
}

// Register adds the collector, those of the Go runtime and of the process, and the
// build's version. What may have to wait for the writer or the disk is looked at
// patiently: a scrape goes without it rather than wait.
func Register(s Sources) {
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "bayledger_build_info", Help: "1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": s.Version, "go_version": runtime.Version()}})
	build.Set(1)
	c := &collector{Sources: s, d: describe()}
	s.Registry.MustRegister(build, patient.Look(c.process), patient.Collector(c.settled), patient.Collector(c.backedUp), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
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
	d *descriptions

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

	jobs, replays, reserve, unmerged, failures, failed, crashes, crashed, certificate, renewals, backup, backupBehind, backupLag, backupState *prometheus.Desc
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
		unmerged:      desc("journal_merging_stopped", "1 where rows are not merged any more until the next start, since what is stored of them cannot be read."),
		failures:      desc("commits_failed_total", "Commits that failed, each of which ended the server; kept in the data folder."),
		failed:        desc("commit_failed_timestamp_seconds", "When a commit last failed, kept in the data folder; 0: none ever did."),
		crashes:       desc("crashes_total", "Runs on the data folder that ended without a word: killed, out of memory, without power, or with a disk that took not even that."),
		crashed:       desc("crash_timestamp_seconds", "When the last of them was noticed, at the start after it; 0: there was none."),
		certificate:   desc("certificate_expiry_timestamp_seconds", "When the certificate in use ends."),
		renewals:      desc("certificate_renewals_failed", "Renewals of the server's own certificate that failed, in a row."),
		backup:        desc("backup_last_success_timestamp_seconds", "When the continuous backup last had all there was, entries and the server's keys and files; 0: not yet."),
		backupBehind:  desc("backup_lag_seconds", "How long ago the oldest entry was booked that is not in the backup; 0: all are."),
		backupLag:     desc("backup_lag_entries", "Entries that are not in the backup."),
		backupState:   desc("backup_state", "1 for how the continuous backup does: fine, failing (nothing can be brought), no_files (the server's keys and files cannot), other_books, lost_entries (the books lost entries that the backup has); 0 for the others.", "state"),
	}
}

// process tells what is in the memory of the process: nobody is waited for.
func (c *collector) process(e patient.Emitter) {
	c.hub(e)
	c.printing(e)
	if c.Replays != nil {
		e.Gauge(c.d.replays, float64(c.Replays()))
	}
	if c.Unmerged != nil {
		e.Gauge(c.d.unmerged, oneIf(c.Unmerged()))
	}
	c.runs(e)
	if c.Reserve > 0 {
		e.Gauge(c.d.reserve, float64(c.Reserve))
	}
	moment(e, c.d.certificate, c.Certificate)
	if c.Renewals != nil {
		e.Gauge(c.d.renewals, float64(c.Renewals()))
	}
}

// runs tells how the runs before this one ended.
func (c *collector) runs(e patient.Emitter) {
	if c.Runs == nil {
		return
	}
	r := c.Runs()
	e.Counter(c.d.failures, float64(r.Failures))
	e.Gauge(c.d.failed, seconds(r.Failed))
	e.Counter(c.d.crashes, float64(r.Crashes))
	e.Gauge(c.d.crashed, seconds(r.Crashed))
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// seconds is a time as Prometheus has it; 0: there is none.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1e3
}

// moment is a time, where there is one.
func moment(e patient.Emitter, d *prometheus.Desc, of func() (time.Time, bool)) {
	if of == nil {
		return
	}
	if t, ok := of(); ok {
		e.Gauge(d, seconds(t))
	}
}

// backedUp tells how far the continuous backup is.
func (c *collector) backedUp(e patient.Emitter) {
	if c.Backup == nil {
		return
	}
	b := c.Backup()
	e.Gauge(c.d.backup, seconds(b.At))
	e.Gauge(c.d.backupBehind, b.Behind.Seconds())
	e.Gauge(c.d.backupLag, float64(b.Entries))
	for _, state := range b.States {
		e.Gauge(c.d.backupState, oneIf(state == b.State), state)
	}
}

// hub tells of sockets and of the devices behind them.
func (c *collector) hub(e patient.Emitter) {
	if c.Hub == nil {
		return
	}
	s := c.Hub.Stats()
	e.Gauge(c.d.sessions, float64(s.Sessions))
	e.Gauge(c.d.subscriptions, float64(s.Subscriptions))
	e.Gauge(c.d.lag, float64(s.Lag))
	e.Counter(c.d.framesIn, float64(s.FramesIn))
	e.Counter(c.d.framesOut, float64(s.FramesOut))
	e.Counter(c.d.intents, float64(s.Intents))
	e.Counter(c.d.opened, float64(s.Opened))
	for by, n := range s.Ended {
		e.Counter(c.d.ended, float64(n), by)
	}
	held := c.Hub.Held(Worst)
	now := ledger.TimeOf(c.Now())
	age := func(t ledger.Time) float64 {
		if t == 0 {
			return 0
		}
		return max(0, float64(now-t)/1e6)
	}
	e.Gauge(c.d.connected, float64(held.Connected))
	e.Gauge(c.d.holding, float64(held.Holding))
	e.Gauge(c.d.unsent, float64(held.Unsent))
	e.Gauge(c.d.oldest, age(held.Oldest))
	for _, one := range held.Worst {
		e.Gauge(c.d.worst, float64(one.Pending), one.Device)
		e.Gauge(c.d.worstOldest, age(one.Oldest), one.Device)
	}
}

// settled tells what waits for a person's decision.
func (c *collector) settled(e patient.Emitter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.Now(); c.open == nil || now.Sub(c.counted) >= recount {
		if !c.count() {
			return // the book closes
		}
		c.counted = now
	}
	for severity, n := range c.open {
		e.Gauge(c.d.exceptions, float64(n), severity)
	}
	e.Gauge(c.d.parked, float64(c.parked))
	e.Gauge(c.d.codes, float64(c.codes))
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
func (c *collector) printing(e patient.Emitter) {
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
		e.Gauge(c.d.jobs, float64(n), string(state))
	}
}
