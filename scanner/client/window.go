package client

import (
	"slices"
	"time"

	"bayledger/sync/ledger"
	"bayledger/sync/wire"
)

// window is what has left on one connection and is not answered: rows in order
// of seq, from the first unanswered on. It knows nothing of sockets or clocks.
type window struct {
	rows  []flying
	next  uint64 // the seq to read from the outbox next
	parts []uint64
	// parts holds the last seq of each message under way, in order: each gets its
	// outcomes or one error.
	errors int // answers that were errors since the last rewind
}

type flying struct {
	seq      uint64
	sent     time.Duration
	answered bool
}

// launch notes a row that leaves; done where it needs no answer.
func (w *window) launch(seq uint64, now time.Duration, done bool) {
	w.rows = append(w.rows, flying{seq, now, done})
	w.next = seq + 1
}

// message notes that everything launched since the last call is one message.
func (w *window) message() {
	w.parts = append(w.parts, w.next-1)
}

func (w *window) find(seq uint64) (int, bool) {
	return slices.BinarySearchFunc(w.rows, seq, func(f flying, seq uint64) int {
		switch {
		case f.seq < seq:
			return -1
		case f.seq > seq:
			return 1
		}
		return 0
	})
}

func (w *window) underway(seq uint64) bool {
	i, ok := w.find(seq)
	return ok && !w.rows[i].answered
}

// answer notes the outcome of a row; fresh says that it was waited for.
func (w *window) answer(r *ledger.Result, now time.Duration) (took time.Duration, fresh bool) {
	i, ok := w.find(r.Seq)
	if !ok || w.rows[i].answered {
		return 0, false
	}
	w.rows[i].answered = true
	return now - w.rows[i].sent, true
}

// settle forgets the answered rows in front and returns up to which seq
// everything is answered, 0 if nothing new is.
func (w *window) settle() (through uint64) {
	n := 0
	for n < len(w.rows) && w.rows[n].answered {
		through = w.rows[n].seq
		n++
	}
	if n == 0 {
		return 0
	}
	w.rows = append(w.rows[:0], w.rows[n:]...)
	done := 0
	for done < len(w.parts) && w.parts[done] <= through {
		done++
	}
	w.parts = append(w.parts[:0], w.parts[done:]...)
	if len(w.rows) == 0 && cap(w.rows) > keepRows {
		w.rows = nil // an idle client keeps little
	}
	return through
}

// keepRows is how large an empty window may stay.
const keepRows = 64

// refused notes an error that answers a message.
func (w *window) refused() { w.errors++ }

// quiet says whether every message under way has been answered, one way or the
// other.
func (w *window) quiet() bool { return len(w.parts) <= w.errors }

// rewind forgets what is under way and goes on from the first unanswered row, or
// from a lower one, and returns where.
func (w *window) rewind(lowest uint64) uint64 {
	if len(w.rows) > 0 {
		w.next = w.rows[0].seq
	}
	if lowest != 0 {
		w.next = min(w.next, lowest)
	}
	w.rows, w.parts, w.errors = w.rows[:0], w.parts[:0], 0
	return w.next
}

// On a network that breaks before a large frame is through, large frames never
// get through: a connection that ends with rows under way and none answered
// divides the rows of a push by shrink, an answer doubles them again.
const shrink = 4

func smaller(burst int) int { return max(1, burst/shrink) }
func larger(burst int) int  { return min(2*burst, wire.MaxPush) }
