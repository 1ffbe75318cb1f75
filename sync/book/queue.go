package book

import (
	"context"
	"sync"
	"sync/atomic"
)

// liveMost is how many intents somebody scans between two pushes at most. Longer
// pushes are what gathered while there was no network.
const liveMost = 64

// backlogTurn is after how many live scans a backlog has its turn all the same:
// however many scan, those who come home are served too. Where the backlog before it
// was larger, after as many as that: a turn is measured by what it takes, or hundreds
// who come home would have nearly all of the writer's time.
const backlogTurn = 16

// queue is what waits for the writer. When hundreds of devices come home at once,
// each with thousands of scans (H22), the scans of those who work now go first:
// nobody waits for another's backlog. Each device has a push or two on its way,
// so backlogs are served in turns. The order of one stream is kept.
type queue struct {
	live, backlog chan work
	more          chan struct{} // a backlog came, or need not wait any more

	asked, done atomic.Uint64 // live work: how much was, and how much waits no longer
	waiting     atomic.Int64  // pushes in the backlog
	mu          sync.Mutex
	streams     map[streamKey]int // and whose they are

	// The writer's own:
	turns int  // live scans since the last backlog
	size  int  // of that backlog
	held  work // a backlog that was taken out, and waits for what came before it
	holds bool // there is one
}

func newQueue() *queue {
	return &queue{live: make(chan work, queueSubmissions), backlog: make(chan work, queueSubmissions), more: make(chan struct{}, 1), streams: map[streamKey]int{}}
}

func (q *queue) len() int { return len(q.live) + len(q.backlog) }

// put adds work. Errors: those given for what ends the waiting.
func (q *queue) put(ctx context.Context, w work, failed, quit <-chan struct{}) (err error) {
	lane := q.lane(&w)
	select {
	case lane <- w:
		if w.backlog {
			q.wake()
		}
		return nil
	case <-failed:
		err = ErrFailed
	case <-quit:
		err = ErrClosed
	case <-ctx.Done():
		err = ctx.Err()
	}
	q.left(&w)
	q.wake()
	return err
}

// wake has the writer look whether a backlog can be taken.
func (q *queue) wake() {
	select {
	case q.more <- struct{}{}:
	default:
	}
}

// lane says which way a piece of work goes, and notes it; left takes that back.
func (q *queue) lane(w *work) chan<- work {
	s := w.submission
	if s != nil {
		key := streamKey{s.Source.Device, s.Source.Install}
		long := s.Backlog || len(s.Intents) > liveMost
		if long || q.waiting.Load() > 0 {
			q.mu.Lock()
			defer q.mu.Unlock()
			if long || q.streams[key] > 0 {
				w.backlog, w.after = true, q.asked.Load()
				q.streams[key]++
				q.waiting.Add(1)
				return q.backlog
			}
		}
	}
	q.asked.Add(1)
	return q.live
}

// left notes that a piece of work is no longer in the queue.
func (q *queue) left(w *work) {
	if !w.backlog {
		q.done.Add(1)
		return
	}
	key := streamKey{w.submission.Source.Device, w.submission.Source.Install}
	q.mu.Lock()
	if q.streams[key]--; q.streams[key] == 0 {
		delete(q.streams, key)
	}
	q.mu.Unlock()
	q.waiting.Add(-1)
}

// took is left, by the writer.
func (q *queue) took(w work) work {
	if q.turns += w.scans(); w.backlog {
		q.turns, q.size = 0, w.scans()
	}
	q.left(&w)
	return w
}

// next returns what the writer does next, with ok false where nothing waits. Where
// backlogs is false none is taken before its turn, also where nobody else waits.
func (q *queue) next(backlogs bool) (w work, ok bool) {
	if q.turns >= max(backlogTurn, q.size) {
		if w, ok := q.fromBacklog(); ok {
			return q.took(w), true
		}
	}
	select {
	case w = <-q.live:
		return q.took(w), true
	default:
	}
	if !backlogs {
		return w, false
	}
	if w, ok = q.fromBacklog(); ok {
		return q.took(w), true
	}
	return w, false
}

// onlyBacklog says that a backlog waits, and nobody else.
func (q *queue) onlyBacklog() bool {
	return len(q.live) == 0 && (q.holds || len(q.backlog) > 0)
}

// fromBacklog takes the next backlog, unless live work that was there before it
// still waits: it may be of the same stream.
func (q *queue) fromBacklog() (w work, ok bool) {
	if !q.holds {
		select {
		case q.held = <-q.backlog:
			q.holds = true
		default:
			return w, false
		}
	}
	if q.done.Load() < q.held.after {
		return w, false
	}
	w, q.held, q.holds = q.held, work{}, false
	return w, true
}
