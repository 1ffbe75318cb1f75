package load

import (
	"sync"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// latencies are histograms that many connections share: one takes 200 KiB, and a
// thousand of them would push what is measured out of the processor's caches.
type latencies [8]struct {
	mu sync.Mutex // guards of
	of *hdrhistogram.Histogram
}

func newLatencies() *latencies {
	l := new(latencies)
	for i := range l {
		l[i].of = NewHistogram()
	}
	return l
}

// record notes that count answers to a connection took so many microseconds each.
func (l *latencies) record(connection int, took, count int64) {
	part := &l[connection%len(l)]
	part.mu.Lock()
	_ = part.of.RecordValues(max(1, took), count) // within the histogram's bounds, or an outlier of 10 minutes
	part.mu.Unlock()
}

// all returns what has been recorded so far.
func (l *latencies) all() *hdrhistogram.Histogram {
	sum := NewHistogram()
	for i := range l {
		l[i].mu.Lock()
		sum.Merge(l[i].of)
		l[i].mu.Unlock()
	}
	return sum
}
