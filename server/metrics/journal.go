package metrics

import (
	"context"
	"time"

	"bayledger/sync/journal"

	"github.com/prometheus/client_golang/prometheus"
)

// Journal returns j with its commits timed and counted.
func Journal(r prometheus.Registerer, j journal.Journal, now func() time.Time) journal.Journal {
	t := &timed{Journal: j, now: now,
		took: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "bayledger_commit_duration_seconds", Help: "How long commits took until they were on disk.",
			Buckets: []float64{.0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5}}),
		size: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "bayledger_commit_entries", Help: "Entries of a commit.",
			Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 32768}}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{Name: "bayledger_commits_failed_total", Help: "Commits that failed; the server ends after the first."}),
	}
	r.MustRegister(t.took, t.size, t.failed)
	return t
}

// timed is a journal whose commits are timed.
type timed struct {
	journal.Journal
	now        func() time.Time
	took, size prometheus.Histogram
	failed     prometheus.Counter
}

// Append implements journal.Journal.
func (t *timed) Append(ctx context.Context, b *journal.Batch) error {
	started := t.now()
	err := t.Journal.Append(ctx, b)
	if err != nil {
		t.failed.Inc()
		return err
	}
	t.took.Observe(t.now().Sub(started).Seconds())
	t.size.Observe(float64(len(b.Records)))
	return nil
}
