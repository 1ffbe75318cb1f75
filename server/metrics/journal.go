package metrics

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"bayledger/sync/journal"

	"github.com/prometheus/client_golang/prometheus"
)

// StalledAfter is how long a commit may take before the disk counts as standing: one
// on flash takes a millisecond, the slowest that a healthy disk shows in a busy hour
// takes below one second, and whoever probes wants to know before people ask.
const StalledAfter = 5 * time.Second

// Commits is a journal whose commits are timed and counted. Make one with Journal.
type Commits struct {
	journal.Journal
	now        func() time.Time
	took, size prometheus.Histogram
	since      atomic.Pointer[time.Time] // when the commit under way began; nil: there is none
}

// Journal returns j with its commits timed and counted.
func Journal(r prometheus.Registerer, j journal.Journal, now func() time.Time) *Commits {
	c := &Commits{Journal: j, now: now,
		took: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "bayledger_commit_duration_seconds", Help: "How long commits took until they were on disk.",
			Buckets: []float64{.0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5}}),
		size: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "bayledger_commit_entries", Help: "Entries of a commit.",
			Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 32768}}),
	}
	underWay := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "bayledger_commit_under_way_seconds", Help: "How long the commit that is under way has taken so far; 0: there is none."},
		func() float64 { return c.UnderWay().Seconds() })
	r.MustRegister(c.took, c.size, underWay)
	return c
}

// Append implements journal.Journal. There is one at a time: the journal wants it so.
func (c *Commits) Append(ctx context.Context, b *journal.Batch) error {
	started := c.now()
	c.since.Store(&started)
	defer c.since.Store(nil)
	if err := c.Journal.Append(ctx, b); err != nil {
		return err
	}
	c.took.Observe(c.now().Sub(started).Seconds())
	c.size.Observe(float64(len(b.Records)))
	return nil
}

// Stalled says in words that the commit under way takes too long; nil: it does not. It
// waits for nobody.
func (c *Commits) Stalled() error {
	if took := c.UnderWay(); took > StalledAfter {
		return fmt.Errorf("the disk has not kept a write for %s: scans wait, and handhelds keep what they scan; look at the disk, the server goes on by itself once it answers", took.Round(time.Second))
	}
	return nil
}

// UnderWay is how long the commit that is under way has taken so far, 0 where there is
// none. It waits for nobody.
func (c *Commits) UnderWay() time.Duration {
	since := c.since.Load()
	if since == nil {
		return 0
	}
	return max(0, c.now().Sub(*since))
}
