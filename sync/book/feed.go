package book

import (
	"context"
	"sync"
	"sync/atomic"

	"bayledger/sync/journal"
	"bayledger/sync/ledger"
)

// Feed gives the journal's entries in order. It is the journal: a subscriber is
// a cursor over a shared ring of encoded entries, and over stored blocks where it
// has fallen behind the ring. There is no queue per subscriber, so none can
// overflow.
type Feed struct {
	book *Book

	mu       sync.RWMutex // guards what follows
	ring     []*Chunk     // oldest first
	bytes    int
	most     int
	head     uint64
	watchers map[*watcher]struct{}

	announced atomic.Uint64
}

type watcher struct{ wake func() }

// Chunk is one committed batch as watchers get it. What is in it is shared and
// must not be changed.
type Chunk struct {
	*journal.Block
	// What the batch changed, for topics other than activity.
	Cells  []*ledger.Cell
	Alerts []string
	Items  []ledger.Item
	// Exceptions are the ids of rows that changed, or went.
	Exceptions []string
	Pools      []ledger.PoolValue

	// Frames is for whoever encodes the chunk for many: the work is done once.
	Frames sync.Map
}

func newFeed(b *Book, most int, head uint64) *Feed {
	f := &Feed{book: b, most: most, head: head, watchers: map[*watcher]struct{}{}}
	f.announced.Store(head)
	return f
}

// Head returns the newest entry that can be read.
func (f *Feed) Head() uint64 {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.head
}

// Announced returns the newest entry of which its submitter has been told: it
// stands behind Head while the Done calls of a batch run, and is always the last
// entry of a batch. Who sends results and entries to the same reader reads up to
// here, after which all results of these entries have been handed over; a wake
// follows each time that it moves.
func (f *Feed) Announced() uint64 { return f.announced.Load() }

// Watch calls wake after every commit until stop is called. wake runs on the
// announcing goroutine and must only make a note.
func (f *Feed) Watch(wake func()) (stop func()) {
	w := &watcher{wake}
	f.mu.Lock()
	f.watchers[w] = struct{}{}
	f.mu.Unlock()
	return func() {
		f.mu.Lock()
		delete(f.watchers, w)
		f.mu.Unlock()
	}
}

// Next returns the chunk that holds entry after+1. ok is false where the ring no
// longer has it (read it with Stored) or there is none yet (chunk nil and head =
// after).
func (f *Feed) Next(after uint64) (chunk *Chunk, head uint64, ok bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if after >= f.head || len(f.ring) == 0 || after+1 < f.ring[0].First {
		return nil, f.head, false
	}
	low, high := 0, len(f.ring)-1
	for low < high {
		middle := (low + high) / 2
		if f.ring[middle].Last <= after {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return f.ring[low], f.head, true
}

// Stored calls fn with the stored blocks from entry after+1 on, up to the head
// at the time, until fn returns false.
func (f *Feed) Stored(ctx context.Context, after uint64, fn func(*journal.Block) (more bool, err error)) error {
	head := f.Head()
	if after >= head {
		return nil
	}
	return f.book.journal.Read(ctx, after+1, func(b *journal.Block) (bool, error) {
		if b.First > head {
			return false, nil
		}
		return fn(b)
	})
}

// publish adds a committed block to the ring.
func (f *Feed) publish(block *journal.Block, changes *ledger.Changes) {
	c := &Chunk{Block: block, Cells: changes.Cells, Alerts: changes.Alerts, Items: changes.Items, Pools: changes.Pools, Exceptions: changes.Exceptions}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ring = append(f.ring, c)
	f.bytes += c.size()
	f.head = c.Last
	drop := 0
	for f.bytes > f.most && drop < len(f.ring)-1 {
		f.bytes -= f.ring[drop].size()
		f.ring[drop] = nil
		drop++
	}
	f.ring = f.ring[drop:]
}

// announce moves the announced head to the published one.
func (f *Feed) announce() { f.announced.Store(f.Head()) }

// size is about what the chunk takes in memory.
func (c *Chunk) size() int {
	const perEntry, perCell, perPool, perException = 160, 112, 48, 64
	return len(c.Span(c.First, c.Last)) + perEntry*c.Len() + perCell*len(c.Cells) + perPool*len(c.Pools) + perException*len(c.Exceptions)
}

// wake tells the watchers.
func (f *Feed) wake() {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for w := range f.watchers {
		w.wake()
	}
}

// oldest returns the first entry of the ring and when it was booked.
func (f *Feed) oldest() (uint64, ledger.Time) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if len(f.ring) == 0 {
		return f.head + 1, 0
	}
	return f.ring[0].First, f.ring[0].BookedAt
}
