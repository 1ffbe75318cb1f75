package journal

import (
	"bytes"
	"slices"
	"sync"

	"bayledger/sync/ledger"
)

// tails is what was appended to keys and to the device index and is in blocks, but
// not yet in segments. Its keys are the starts of the store's.
//
// It is cut into windows: what the batches of a span of entries append. A window
// that is over is written, a piece for each key, while the next one fills, and
// the mark of the segments moves when all of it is. Where pieces begin and end
// follows from the blocks and the mark alone, so that a start which gathers the
// windows since the mark makes the same pieces again, and writes them over those
// that are there already.
//
// A piece leaves this set after the commit that stores it: whoever asks for a key
// looks here first and in the store after, and finds each byte in one of the two.
type tails struct {
	span uint64 // entries of a window; kept in the folder, since pieces depend on it

	mu      sync.RWMutex // Append changes what follows, under core's mutex too; readers only read it
	windows []*window    // oldest first; the last one is open
	spare   *dirty       // of a window that was written, for the next one
}

// window is what some batches in a row appended.
type window struct {
	rows     *dirty      // what waits for each key: a segment's value without its checksum
	full     []fullPiece // pieces cut early, oldest first
	start    uint64      // the first batch that appended
	number   uint64      // of the spans of entries, the one that the window lies in
	appended int         // bytes
	fulls    int         // how many of full, and of rows, are in the commit under way
	told     int
	body     []byte // room for a new piece
}

// fullPiece is a piece that had grown to cutPiece before its window was over.
type fullPiece struct {
	key  []byte
	hash uint32
	p    Piece
	body []byte
}

const (
	// cutPiece is what a key may gather before a piece of it is cut: whoever looks
	// for one fact reads a piece at least.
	cutPiece = 16 << 10
	// maxWindow ends a window early: with the one being written it bounds memory.
	maxWindow = 32 << 20
	// leastPieces are written by one Append at least, where so many wait.
	leastPieces = 16
)

func newTails(span uint64) *tails {
	return &tails{span: span, windows: []*window{{rows: newDirty()}}}
}

func (t *tails) open() *window { return t.windows[len(t.windows)-1] }

// roll ends the open window if batch first lies beyond it.
func (t *tails) roll(first uint64) {
	w := t.open()
	if w.empty() || (first/t.span == w.number && w.appended < maxWindow) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	rows := t.spare
	if t.spare = nil; rows == nil {
		rows = newDirty()
	}
	t.windows = append(t.windows, &window{rows: rows})
}

func (w *window) empty() bool { return w.rows.len() == 0 && len(w.full) == 0 }

// apply notes what the batch of entries first to last appended.
func (t *tails) apply(first, last uint64, bookedAt ledger.Time, appends []Row) {
	t.roll(first)
	if len(appends) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.open()
	if w.empty() {
		w.start, w.number, w.appended = first, first/t.span, 0
	}
	var hashes [ahead]uint32
	for len(appends) > 0 {
		group := appends[:min(ahead, len(appends))]
		appends = appends[len(group):]
		w.rows.lookAhead(group, &hashes)
		for i := range group {
			w.extend(first, last, bookedAt, hashes[i], &group[i])
		}
	}
}

func (w *window) extend(first, last uint64, bookedAt ledger.Time, hash uint32, r *Row) {
	w.appended += len(r.Value)
	row := w.rows.find(hash, r.Key)
	if row == nil {
		w.body = append(append(w.body[:0], make([]byte, segmentHead)...), r.Value...)
		row = w.rows.set(first, hash, r.Key, w.body, false)
	} else {
		w.cut(row, first)
		row.buf = append(row.buf, r.Value...)
		w.rows.bytes += len(r.Value)
	}
	putSegmentHead(row.value(), last, bookedAt)
}

// cut takes a row's piece out if it has grown enough, before batch first adds to
// it. What one batch appends is never cut in two: the batch's number is its key.
func (w *window) cut(row *dirtyRow, first uint64) {
	body := row.value()
	p := pieceOf(row.since, body)
	if len(p.Bytes) < cutPiece || p.Last >= first {
		return
	}
	key := row.key()
	w.full = append(w.full, fullPiece{key: key, hash: row.hash, p: p, body: body})
	row.buf = append(append(make([]byte, 0, 2*len(key)), key...), make([]byte, segmentHead)...)
	row.since = first
	w.rows.bytes -= len(p.Bytes)
}

// pieces returns what waits for a key, as a copy, the newest piece first.
func (t *tails) pieces(key []byte) (out []Piece) {
	t.each(key, func(p Piece, grows bool) {
		if grows {
			p.Bytes = bytes.Clone(p.Bytes)
		}
		out = append(out, p)
	})
	return out
}

// touches returns what waits of a device's index and may hold a seq; ok is false
// where that cannot be read.
func (t *tails) touches(out []touch, prefix []byte, seq uint64) (_ []touch, ok bool) {
	ok = true
	t.each(prefix, func(p Piece, _ bool) {
		var read bool
		out, read = appendTouches(out, p.Bytes, seq)
		ok = ok && read
	})
	return out, ok
}

// each calls fn for the pieces that wait for a key, the newest first; those that
// grow are valid until fn returns.
func (t *tails) each(key []byte, fn func(p Piece, grows bool)) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, w := range slices.Backward(t.windows) {
		if w.empty() {
			continue
		}
		hash := w.rows.hash(key)
		if row := w.rows.find(hash, key); row != nil {
			fn(pieceOf(row.since, row.value()), true)
		}
		for i := range slices.Backward(w.full) {
			if f := &w.full[i]; f.hash == hash && bytes.Equal(f.key, key) {
				fn(f.p, false)
			}
		}
	}
}

// gather calls put for pieces that are due, oldest first, most of them at most,
// until it returns false; with all, also for those of the open window. They stay
// until written is called.
func (t *tails) gather(most int, all bool, put func(key []byte, first uint64, body []byte) bool) {
	for i, w := range t.windows {
		if i == len(t.windows)-1 && !all {
			return
		}
		for ; w.fulls < len(w.full); w.fulls++ {
			f := &w.full[w.fulls]
			if most--; most < 0 || !put(f.key, f.p.First, f.body) {
				return
			}
		}
		for number := w.rows.first; number != 0; number = w.rows.rows[number].next {
			row := &w.rows.rows[number]
			if most--; most < 0 || !put(row.key(), row.since, row.value()) {
				return
			}
			w.told++
		}
	}
}

// written takes out what gather gave: it is in the store.
func (t *tails) written() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, w := range t.windows {
		w.full = slices.Delete(w.full, 0, w.fulls)
		for ; w.told > 0; w.told-- {
			w.rows.pop()
		}
		w.fulls = 0
		if i < len(t.windows)-1 && w.empty() {
			t.spare = w.rows
		}
	}
	last := t.open()
	t.windows = slices.DeleteFunc(t.windows, func(w *window) bool { return w != last && w.empty() })
}

// mark returns the first entry of which bytes may be in no segment, once what
// gather gave is in the store; next is the entry after the last.
func (t *tails) mark(next uint64) uint64 {
	for _, w := range t.windows {
		if w.rows.len() > w.told || len(w.full) > w.fulls {
			return w.start
		}
	}
	return next
}

// quota returns how many pieces the batch of count entries that ends with last
// should write: so many that a window is written when half of the next is over,
// and all at once where more waits than memory should hold.
func (t *tails) quota(last uint64, count int) int {
	waiting, bytes := 0, 0
	for _, w := range t.windows[:len(t.windows)-1] {
		waiting += len(w.full) + w.rows.len()
		bytes += w.rows.bytes
	}
	if bytes > 2*maxWindow {
		return waiting
	}
	deadline := last - last%t.span + t.span/2
	left := int(max(deadline, last+1) - last)
	return leastPieces + (waiting*count+left-1)/left
}
